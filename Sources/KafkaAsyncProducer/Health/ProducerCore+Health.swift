// SPDX-License-Identifier: Apache-2.0

internal import RDKafka
internal import Synchronization

extension ProducerCore {
    var health: AsyncProducer.Health {
        guard !isForked else {
            // Its locks may be held by threads that are not there.
            return AsyncProducer.Health(ProducerState.Vitals(fatalError: forkedError), [], nil, stalledAfter: .zero)
        }
        let now = Uptime.now
        let vitals = withState { $0.vitals(at: now) }
        let trouble = diagnosis.withLock { $0.lastTrouble(at: .now) }
        let brokers = (metadata.client?.brokers.all ?? []).map { AsyncProducer.Health.Broker($0, at: now) }
        return AsyncProducer.Health(vitals, brokers, trouble, stalledAfter: configuration.health.stalledAfter)
    }
}

extension ProducerState {
    /// What its health is told from.
    struct Vitals: Sendable {
        var isAccepting = false
        var inFlight = 0
        var oldest: AsyncProducer.Health.OldestMessage?
        var restarts = 0
        var isChangingClients = false
        var holdsIdempotence = false
        var fatalError: KafkaError?
    }

    func vitals(at now: Int64) -> Vitals {
        Vitals(
            isAccepting: refusal == nil,
            inFlight: ledger.inFlight,
            oldest: ledger.inFlight > 0 ? oldestMessage(at: now) : nil,
            restarts: restarts,
            isChangingClients: dispatch.hasNoClient,
            holdsIdempotence: settings.isIdempotent && resentPossiblyPersisted == 0,
            fatalError: fatalError
        )
    }

    private func oldestMessage(at now: Int64) -> AsyncProducer.Health.OldestMessage? {
        // Borrowed, and nothing gathered: a probe of 10,000 partitions holds the lock, and to take one out of the array is to
        // copy it.
        let all = queues.span
        var (position, time) = (0, Int64.max)
        for index in all.indices {
            let oldest = all[index].oldest
            if oldest < time { (position, time) = (index, oldest) }
        }
        guard time < .max else { return nil }
        let queue = queues[position]
        return AsyncProducer.Health.OldestMessage(
            topic: topics[queue.topic].name,
            partition: queue.isParked ? nil : queue.partition,
            age: .nanoseconds(max(0, now - time))
        )
    }
}

extension AsyncProducer.Health {
    fileprivate init(
        _ vitals: ProducerState.Vitals,
        _ brokers: [Broker],
        _ trouble: Trouble?,
        stalledAfter bound: Duration
    ) {
        self.init(
            isAccepting: vitals.isAccepting,
            inFlightCount: vitals.inFlight,
            oldest: vitals.oldest,
            isStalled: vitals.oldest.map { $0.age >= bound } ?? false,
            brokers: brokers.sorted { ($0.id ?? -1, $0.address) < ($1.id ?? -1, $1.address) },
            lastTrouble: trouble,
            restarts: vitals.restarts,
            isChangingClients: vitals.isChangingClients,
            holdsIdempotence: vitals.holdsIdempotence,
            fatalError: vitals.fatalError
        )
    }
}

extension AsyncProducer.Health.Broker {
    fileprivate init(_ broker: BrokerStates.Broker, at now: Int64) {
        self.init(
            id: broker.id < 0 ? nil : broker.id,
            address: broker.host.contains(":") ? "[\(broker.host)]:\(broker.port)" : "\(broker.host):\(broker.port)",
            isUp: broker.isUp,
            duration: .nanoseconds(max(0, now - broker.since))
        )
    }
}
