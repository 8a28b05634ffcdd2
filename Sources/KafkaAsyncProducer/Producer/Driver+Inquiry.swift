// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What brokers are asked on behalf of the queues.
extension Driver {
    /// How long an answer may take; then another broker is asked.
    private static var answerTime: Int32 { 3_000 }
    private static var probeTime: Int32 { 500 }

    /// Asks for the partitions of these topics and of all that this client knows.
    func ask(_ topics: [String]) {
        guard let session else {
            core.withState { $0.dispatch.inquiry.failed(at: Uptime.now) }
            return
        }
        for topic in topics {
            guard let index = core.withState({ $0.topics.index(of: topic) }) else { continue }
            if case .failure(let error) = session.handle(of: index, core) {
                core.log.log(.error, "TOPIC", "topic \"\(topic)\": \(error.reason)")
            }
        }
        core.metadata.ask(.knownTopics, timeout: Self.answerTime, isUrgent: true) { [core] result in
            core.update { state, effects in
                var drops: [Drop] = []
                state.learn(try? result.get(), at: Uptime.now, &drops)
                state.dispatch.aborted += drops
                effects.wakesDriver = true
            }
        }
    }

    /// Asks leaders whether they answer.
    func probe(_ probes: [(queue: Int, topic: String, partition: Int32)]) {
        core.metadata.run { [core] client in
            // Without anybody to ask they are asked for again.
            let answered = probes.filter {
                client?.reachesLeader(of: $0.partition, $0.topic, timeout: Self.probeTime) == true
            }
            core.update { state, effects in
                state.release(answered.map(\.queue), &effects)
                state.dispatch.inquiry.refreshSoon(Uptime.now)
            }
        }
    }
}
