// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What is inside of librdkafka when its time is up must not be sent later, and a purge in a client that goes on living can
/// kill it: the client gives way to another.
extension Driver {
    /// How long healthy brokers have to answer what they have under way with a client that gives way.
    private static var settlingTime: Int64 { 300_000_000 }
    /// How long the reports of what was purged may take.
    private static var purgingTime: Int64 { 200_000_000 }
    /// How soon it is looked again whether a successor is there.
    private static var retryInterval: Int64 { 20_000_000 }
    /// How long before a time-out the successor is made.
    private static var longestNotice: Int64 { 1_000_000_000 }
    /// The same for a time-out that may be as short.
    static func notice(of timeout: Int64) -> Int64 { min(longestNotice, timeout / 2) }
    /// How soon a client may give way after another. A first delivery takes up to a second: where time-outs are as short, one
    /// client after the other would get none done.
    private static var retirementInterval: Int64 { 3_000_000_000 }
    /// How long after a time-out its messages have their outcome, whatever became of the client.
    static var lateness: Int64 { 800_000_000 }

    /// Looks at what is under way and at clients that give way; returns when to look again.
    func watch(_ now: Int64) -> Int64 {
        var wakesAt = Int64.max
        restartIfNeeded(now)
        if session == nil { succeed(now, &wakesAt) } else { wakesAt = succession.dropUnused(at: now) }
        for session in retiring { wakesAt = min(wakesAt, retire(session, now)) }
        retiring.removeAll { $0.phase == .over }
        if watchInsideAt < .max {
            let watch = core.settings.transactionalID == nil ? watchInside : watchInsideTransaction
            wakesAt = min(wakesAt, watch(now))
        }
        return wakesAt
    }

    /// A new client takes over, if there is one.
    private func succeed(_ now: Int64, _ wakesAt: inout Int64) {
        guard needsClient(now) else { return }
        guard let client = succession.take(at: now) else {
            wakesAt = min(wakesAt, succession.wakesAt)
            return
        }
        session = Session(client)
        core.metadata.use(client)
        wakesAt = now
    }

    // MARK: Time

    private func watchInside(_ now: Int64) -> Int64 {
        guard now >= watchInsideAt else { return watchInsideAt }
        watchInsideAt = .max
        var isStuck = false
        var next = Int64.max
        for session in [session].compactMap({ $0 }) + retiring {
            for slot in session.slots {
                guard let (oldest, given) = session.update(slot, { ($0.batch.oldest, $0.work.timeout) }),
                    let timeout = given
                else { continue }
                let notice = Self.notice(of: timeout)
                if oldest == .max {
                    // Its messages have had their outcome; it must not be sent all the same.
                    guard session === self.session else { continue }
                    isStuck = true
                    watchInsideAt = min(watchInsideAt, max(mayRetireAt, now) - notice)
                    if now >= mayRetireAt - notice { prepareSuccessor(of: session, notice, now) }
                    next = min(next, max(mayRetireAt - notice, now + Self.retryInterval))
                    continue
                }
                let end = oldest + timeout
                if now >= end + Self.lateness {
                    expire(slot, of: session, now - timeout, core.timedOut)
                    next = now
                } else if now >= end {
                    next = min(next, end + Self.lateness)
                } else {
                    next = min(next, now >= end - notice ? end : end - notice)
                }
                if session === self.session {
                    if now >= end - notice, now >= mayRetireAt - notice { prepareSuccessor(of: session, notice, now) }
                    if now >= end { isStuck = true }
                }
                watchInsideAt = min(watchInsideAt, end - notice)
            }
        }
        if isStuck, let session {
            if now < mayRetireAt {
                next = min(next, mayRetireAt)
            } else if !needsSuccessor(of: session, at: now) {
                giveWay(session, now, to: nil)
                next = now
            } else if let client = succession.take(at: now) {
                giveWay(session, now, to: client)
                next = now
            } else {
                next = min(next, now + Self.retryInterval)
            }
        }
        return next
    }

    private func prepareSuccessor(of session: Session, _ notice: Int64, _ now: Int64) {
        if needsSuccessor(of: session, at: now + notice) { succession.prepare(at: now) }
    }

    /// What is inside and out of time has its outcome now, known or not.
    func expire(_ slot: UInt32, of session: Session, _ time: Int64, _ error: @autoclosure () -> KafkaError) {
        let expired = session.update(slot) { entry in
            entry.batch.takeAccepted(before: time + 1).map { ($0, entry.work) }
        }
        if let (batch, work) = expired.flatMap({ $0 }) {
            fail(batch.pending, of: batch, work, error(), .possiblyPersisted)
        }
    }

    // MARK: Giving way

    /// A client in which something is stuck gets nothing any more; what certainly was not sent goes back to its queue.
    private func giveWay(_ session: Session, _ now: Int64, to client: Client?) {
        mayRetireAt = now + Self.retirementInterval
        session.returnsUnsent = true
        letGo(of: session, now, settlesUntil: now + Self.settlingTime)
        core.withState { $0.retiredClients += 1 }
        self.session = client.map { Session($0) }
        if let client { core.metadata.use(client) }
        core.withState { $0.dispatch.inquiry.refreshSoon(now) }
    }

    /// An abort drops what clients have; another takes over when it is there.
    func abortInside(_ now: Int64) {
        for session in retiring {
            session.returnsUnsent = false
            // One that has come further is not to begin again: with an abort now and then it would come to no end.
            if case .settling = session.phase { session.phase = .settling(until: now) }
        }
        guard let session, session.count > 0 else { return }
        letGo(of: session, now, settlesUntil: now)
        core.withState { $0.retiredClients += 1 }
        self.session = nil
        if needsClient(now) { succession.prepare(at: now) }
    }

    /// Whether there is or may be something for another client: a producer that closes gets nothing more to send.
    private func needsClient(_ now: Int64) -> Bool {
        retiring.contains { $0.returnsUnsent && !isStuckOnly($0, now) }
            || core.withState { $0.phase == .accepting && $0.fatalError == nil || !$0.active.isEmpty }
    }

    /// Whether somebody needs another client when what will be out of time by then is gone.
    private func needsSuccessor(of session: Session, at time: Int64) -> Bool {
        needsClient(time) || !isStuckOnly(session, time)
    }

    /// Nothing more goes into a client, and nothing of its partitions into another before it has reported what it has of them.
    /// Those that were stuck wait for their leader, too.
    func letGo(of session: Session, _ now: Int64, settlesUntil end: Int64) {
        for slot in session.slots {
            guard let (isOver, queue) = session.update(slot, { ($0.isOver(at: now), $0.work.queue) }) else { continue }
            core.withState { state in
                state.queues[queue].isChangingClients = true
                if isOver { state.quarantine(queue) }
            }
        }
        session.phase = .settling(until: end)
        retiring.append(session)
    }

    /// One step of a client that gives way; returns when to look again.
    private func retire(_ session: Session, _ now: Int64) -> Int64 {
        while true {
            if session.count == 0 {
                session.phase = .over
                return .max
            }
            switch session.phase {
            case .settling(let until):
                guard now >= until || isStuckOnly(session, now) else { return until }
                session.purge(.queued)
                session.phase = .purgingQueue(until: now + Self.purgingTime)
            case .purgingQueue(let until):
                guard now >= until else { return until }
                session.purge(.everything)
                session.phase = .purgingAll(until: now + Self.purgingTime)
            case .purgingAll(let until):
                guard now >= until else { return until }
                giveUp(session)
            case .active, .over: return .max
            }
        }
    }

    /// Whether nothing is under way that could still come back in time.
    private func isStuckOnly(_ session: Session, _ now: Int64) -> Bool {
        session.slots.allSatisfy { slot in session.update(slot) { $0.isOver(at: now) } == true }
    }

    /// What a client has not reported by now is not known, and librdkafka may look at its bytes until it is gone.
    func giveUp(_ session: Session) {
        for slot in session.slots {
            guard var entry = session.remove(slot) else { continue }
            session.client.keep(Orphan(chunk: entry.batch.chunk, core: core))
            let mayDuplicate = core.configuration.recovery.mayDuplicate
            if session.returns(.purgedInFlight, isCertain: false, mayDuplicate: mayDuplicate) {
                noteResent(entry.batch.count)
                entry.unsent += entry.batch.pending
                entry.mayBeStored = true
            } else {
                let oldest = entry.batch.isEmpty ? nil : entry.batch.oldest
                let error =
                    session.returnsUnsent
                    ? lost(since: oldest, entry.work.timeout, Uptime.now, session)
                    : core.failure(.purgedInFlight, fatal: nil)
                fail(entry.batch.pending, of: entry.batch, entry.work, error, .possiblyPersisted)
            }
            giveBack(entry, isGivenUp: true)
        }
        session.phase = .over
    }

    /// Everything is dropped, and no client goes on after it.
    func purgeAll() {
        for session in [session].compactMap({ $0 }) + retiring where session.count > 0 {
            session.purge(.everything)
        }
    }
}

/// A chunk that a client may look at until it is gone: the budget counts it as long.
private final class Orphan: Sendable {
    private let chunk: Chunk
    private let core: ProducerCore

    init(chunk: Chunk, core: ProducerCore) { (self.chunk, self.core) = (chunk, core) }

    deinit {
        if core.isForked { return }
        core.update { [chunk] state, effects in
            state.budget.release(chunk)
            state.settleAll(&effects)
        }
    }
}
