// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// The one thread of a producer that talks to librdkafka: it hands batches over, takes reports, looks at deadlines, and
/// sleeps in between, never inside of librdkafka.
final class Driver {
    let core: ProducerCore
    /// The client that gets messages; nil while its successor is being made.
    var session: Session?
    /// Clients that get nothing any more, until they have reported or are given up.
    var retiring: [Session] = []
    var succession: Succession
    var restarts: RestartLimit
    var outcomes = Outcomes()
    private var handover = Handover()
    private var work: [Work] = []
    private var drops: [Drop] = []
    private var names: [String] = []
    /// When the memory that nobody needs is looked at.
    private var tendsPoolAt: Int64 = 0
    /// No client gives way before, for what is stuck in it.
    var mayRetireAt: Int64 = 0
    /// When what is inside is to be looked at: a while before the first batch may run out of time.
    var watchInsideAt = Int64.max

    /// Begins with the client that the core was made with. It is not given one: what the thread was started with lives as long as
    /// the thread, and a client has to go when it gave way.
    init(_ core: ProducerCore) {
        self.core = core
        session = core.metadata.client.map { Session($0) }
        succession = Succession(core)
        restarts = RestartLimit(core.configuration.recovery)
    }

    func run() {
        while true {
            let now = Uptime.now
            var wakesAt = takeStep(now)
            // After a step that had something to do the state is looked at once more: only one that found nothing sleeps.
            let hadWork = !work.isEmpty || !drops.isEmpty
            for item in work { handOver(item, now) }
            work.removeAll(keepingCapacity: true)
            serveEvents()
            for drop in drops { fail(drop) }
            drops.removeAll(keepingCapacity: true)
            wakesAt = min(wakesAt, watch(Uptime.now))
            let wasIdle = outcomes.isEmpty && !hadWork
            if !outcomes.isEmpty {
                core.settle(outcomes)
                outcomes = Outcomes()
            }
            if core.withState({ $0.phase == .closed }) { return end() }
            wakesAt = min(wakesAt, tendPool(now))
            if wasIdle, wakesAt > now { core.waker.sleep(nanoseconds: min(wakesAt - Uptime.now, Self.longestSleep)) }
        }
    }

    /// A second after a burst its memory goes back to the system; returns when to look again.
    private func tendPool(_ now: Int64) -> Int64 {
        guard core.pool.hasSurplus else { return .max }
        if now >= tendsPoolAt {
            core.pool.trim()
            tendsPoolAt = now + 1_000_000_000
        }
        return tendsPoolAt
    }

    /// Nothing waits without a bound.
    private static var longestSleep: Int64 { 60_000_000_000 }

    private func end() {
        core.metadata.stop()
        core.tokens?.stop()
        core.log.finish()
        for session in retiring + [session].compactMap({ $0 }) { giveUp(session) }
        core.settle(outcomes)
    }

    // MARK: What goes in

    /// Takes from the state what is to be done now; returns when to look again.
    private func takeStep(_ now: Int64) -> Int64 {
        let (mayHandOver, givingWay) = (session != nil, retiring.count)
        let step = core.update { state, effects -> Step in
            var step = Step()
            step.wakesAt = state.passDeadlines(at: now, &effects)
            step.transaction = state.takeTransactionStep(hasClient: mayHandOver)
            (state.dispatch.hasNoClient, state.dispatch.givingWay) = (!mayHandOver, givingWay)
            step.drops = state.dispatch.aborted
            state.dispatch.aborted = []
            step.abortsInside = state.dispatch.abortsInside
            state.dispatch.abortsInside = false
            step.choosing = state.unpark(&step.drops)
            if state.isDropping(at: now) {
                step.purges = true
                state.takeAll(.closed, &step.drops)
            } else if state.fatalError != nil {
                state.takeAll(.fatal, &step.drops)
            } else if state.transaction.dropCause != nil {
                state.takeAll(.aborted, &step.drops)
            }
            let due = state.takeWork(now, mayHandOver: mayHandOver && !step.abortsInside, &step.work, &step.drops)
            step.wakesAt = min(step.wakesAt, due)
            step.inquiry = state.takeInquiry(now, &step.wakesAt)
            step.probes = state.takeProbes(now, &step.wakesAt)
            if !state.dispatch.unparking.isEmpty { step.wakesAt = now }
            state.dispatch.isAsleep = step.work.isEmpty && step.drops.isEmpty
            state.dispatch.wakesAt = step.wakesAt
            return step
        }
        work = step.work
        drops = step.drops
        for topic in step.choosing { core.choosePartitions(of: topic) }
        if step.purges { purgeAll() }
        if step.abortsInside { abortInside(now) }
        take(step.transaction)
        if let topics = step.inquiry { ask(topics) }
        if !step.probes.isEmpty { probe(step.probes) }
        return step.wakesAt
    }

    private struct Step: Sendable {
        var wakesAt = Int64.max
        var work: [Work] = []
        var drops: [Drop] = []
        var abortsInside = false
        var purges = false
        var choosing: [Int] = []
        var transaction = TransactionStep()
        var inquiry: [String]?
        var probes: [(queue: Int, topic: String, partition: Int32)] = []
    }

    private func name(of topic: Int) -> String {
        if topic >= names.count { names = core.withState { $0.topics.entries.map(\.name) } }
        return names.indices.contains(topic) ? names[topic] : ""
    }

    /// Beyond it a message gets the time of its acceptance, which costs more.
    private static var youngQueue: Int64 { 100_000_000 }

    private func handOver(_ item: Work, _ now: Int64) {
        guard let session else { return }
        let chunk = item.batch.chunk
        let count = item.batch.count
        let keepsTimes =
            core.settings.keepsExactTimes || chunk.needsTimes || now - item.batch.oldest > Self.youngQueue
        let slot = session.insert(
            Session.Inside(
                batch: item.batch,
                work: item,
                unreported: count,
                keepsTimes: keepsTimes,
                handedOver: now,
                requests: session.client.requests.total(item.replicas)
            )
        )
        if let timeout = item.timeout {
            watchInsideAt = min(watchInsideAt, item.batch.oldest + timeout - Self.notice(of: timeout))
        }
        var refused: [(index: Int, code: ResponseCode)] = []
        switch session.handle(of: item.topic, core) {
        case .failure(let error):
            for range in item.batch.pending { refused += range.map { ($0, error.code) } }
        case .success(let topic):
            for range in item.batch.pending {
                handover.handOver(
                    chunk,
                    range,
                    to: topic,
                    partition: item.partition,
                    slot: slot,
                    keepsTimes: keepsTimes
                ) { index, code in refused.append((index, code)) }
            }
        }
        for (index, code) in refused { refuse(index, code, session, slot) }
        if !refused.isEmpty { finish(slot, of: session) }
    }

    /// librdkafka has not taken a message: nothing of it was sent.
    private func refuse(_ index: Int, _ code: ResponseCode, _ session: Session, _ slot: UInt32) {
        if code == .fatal { noteFatalError(of: session) }
        if session.returns(code, isCertain: true, mayDuplicate: false) {
            session.update(slot) { entry in
                entry.unreported -= 1
                entry.unsent += entry.batch.take(index..<index + 1)
            }
            return
        }
        let error = core.failure(code, fatal: cause(of: session))
        if error.code == .unknownPartition || error.code == .unknownTopicOrPartition {
            core.withState { $0.dispatch.inquiry.refreshSoon(Uptime.now) }
        }
        let taken = session.update(slot) { entry in
            entry.unreported -= 1
            return (entry.batch.take(index..<index + 1), entry.batch, entry.work)
        }
        if let (ranges, batch, work) = taken { fail(ranges, of: batch, work, error, .notPersisted) }
    }

    // MARK: What comes out

    private func serveEvents() {
        for session in [session].compactMap({ $0 }) + retiring {
            while let event = session.client.poll(keepsTimes: { session.keepsTimes($0) }) { handle(event, session) }
        }
    }

    private func handle(_ event: Event, _ session: Session) {
        switch event {
        case .deliveryReports(let reports):
            let now = Uptime.now
            for report in reports { handle(report, session, now) }
        case .error(_, _, isFatal: true): noteFatalError(of: session)
        case .error(let code, let reason, isFatal: false): core.handleConnectionError(code, reason)
        case .log(let level, let facility, let line): core.handleLog(level, facility, line)
        case .tokenRefresh:
            // One that gives way needs no new token, and must not take the answer that another waits for.
            if session === self.session { core.refreshToken(of: session.client) }
        case .statistics(let json):
            // Those of one that gives way would come between the others'.
            if session === self.session { core.librdkafkaStatistics?.report(json) }
        case .other: break
        }
    }

    private func handle(_ report: DeliveryReport, _ session: Session, _ now: Int64) {
        // It may come before the event that says so.
        if report.code.isError { noteFatalError(of: session) }
        let mayDuplicate = core.configuration.recovery.mayDuplicate
        let taken = session.update(report.slot) { entry in
            entry.unreported -= report.range.count
            let ranges = entry.batch.take(report.range)
            let isCertain = report.status == 0 && isInNoLog(report, entry, session, now)
            let returns = session.returns(report.code, isCertain: isCertain, mayDuplicate: mayDuplicate)
            if returns {
                entry.unsent += ranges
                entry.mayBeStored = entry.mayBeStored || !isCertain
            }
            return (ranges, entry.batch, entry.work, isCertain, returns)
        }
        guard let (ranges, batch, work, isCertain, returns) = taken else { return }
        if report.brokerID >= 0, report.brokerID != work.leader { noteLeader(report.brokerID, of: work.queue, now) }
        if !report.code.isError, !report.isInferred {
            for range in ranges {
                let storage = BatchStorage(
                    topic: name(of: work.topic),
                    partition: work.partition,
                    chunk: batch.chunk,
                    range: range,
                    report,
                    arrival: now
                )
                outcomes.successes.append(Success(storage, mark: batch.mark))
            }
        } else if returns {
            if !isCertain { noteResent(ranges.reduce(0) { $0 + $1.count }) }
        } else {
            let verdict: ProducerError.Persistence =
                isCertain ? .notPersisted : report.status == 2 && !report.isInferred ? .persisted : .possiblyPersisted
            let oldest = ranges.first.map { batch.chunk.accepted(at: $0.lowerBound) }
            fail(ranges, of: batch, work, reason(report, oldest, work.timeout, session, now), verdict)
        }
        finish(report.slot, of: session)
    }

    /// A partition may have another leader than was known: who else keeps it may have changed, too.
    private func noteLeader(_ leader: Int32, of queue: Int, _ now: Int64) {
        core.withState { if $0.queues[queue].leader != leader { $0.dispatch.inquiry.refreshSoon(now) } }
    }

    /// Messages go again that may have been stored.
    func noteResent(_ count: Int) { core.withState { $0.resentPossiblyPersisted += count } }

    /// Takes a batch out that has been reported whole.
    private func finish(_ slot: UInt32, of session: Session) {
        guard session.update(slot, { $0.unreported }).map({ $0 <= 0 }) == true, let entry = session.remove(slot) else {
            return
        }
        giveBack(entry)
    }

    func giveBack(_ entry: Session.Inside, isGivenUp: Bool = false) {
        let mayBeStored = entry.batch.mayBeStored || entry.mayBeStored
        let unsent = Batch(
            entry.batch.chunk,
            mark: entry.batch.mark,
            pending: entry.unsent.joined(),
            mayBeStored: mayBeStored
        )
        outcomes.returns.append(
            ProducerState.Return(
                queue: entry.work.queue,
                leader: entry.work.leader,
                aborts: entry.work.aborts,
                oldest: entry.work.oldest,
                duration: Uptime.now - entry.handedOver,
                rest: unsent.isEmpty ? nil : unsent,
                chunk: entry.batch.chunk,
                isGivenUp: isGivenUp
            )
        )
    }

    // MARK: Failures

    private func fail(_ drop: Drop) {
        let (topic, partition) = core.withState { ($0.queues[drop.queue].topic, $0.queues[drop.queue].partition) }
        let error = core.error(for: drop.cause)
        for range in drop.batch.pending {
            for index in range {
                outcomes.failures.append(
                    FailedMessage(drop.batch, index, topic: name(of: topic), partition: partition, error, .notPersisted)
                )
            }
        }
    }

    func fail(
        _ ranges: [Range<Int>],
        of batch: Batch,
        _ work: Work,
        _ error: KafkaError,
        _ persistence: ProducerError.Persistence
    ) {
        let topic = name(of: work.topic)
        for range in ranges {
            for index in range {
                outcomes.failures.append(
                    FailedMessage(batch, index, topic: topic, partition: work.partition, error, persistence)
                )
            }
        }
    }
}

extension [Range<Int>] {
    /// In order, and what follows on each other as one.
    fileprivate func joined() -> [Range<Int>] {
        var joined: [Range<Int>] = []
        for range in sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, last.upperBound == range.lowerBound {
                joined[joined.count - 1] = last.lowerBound..<range.upperBound
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}
