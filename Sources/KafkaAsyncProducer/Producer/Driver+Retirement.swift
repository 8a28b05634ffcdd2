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
    private static var notice: Int64 { 1_000_000_000 }
    /// How soon a client may give way after another. A first delivery takes up to a second: where time-outs are as short, one
    /// client after the other would get none done.
    private static var retirementInterval: Int64 { 3_000_000_000 }
    /// How long after a time-out its messages have their outcome, whatever became of the client.
    static var lateness: Int64 { 800_000_000 }

    /// Looks at what is under way and at clients that give way; returns when to look again.
    func watch(_ now: Int64) -> Int64 {
        var wakesAt = Int64.max
        if session == nil { succeed(now, &wakesAt) } else { wakesAt = succession.dropUnused(at: now) }
        for session in retiring { wakesAt = min(wakesAt, retire(session, now)) }
        retiring.removeAll { $0.phase == .over }
        if let timeout = core.settings.timeout, insideDeadline < .max {
            let watch = core.settings.transactionalID == nil ? watchInside : watchInsideTransaction
            wakesAt = min(wakesAt, watch(timeout, now))
        }
        return wakesAt
    }

    /// A new client takes over, if there is one.
    private func succeed(_ now: Int64, _ wakesAt: inout Int64) {
        guard let client = succession.take(at: now) else {
            wakesAt = min(wakesAt, succession.wakesAt)
            return
        }
        session = Session(client)
        core.metadata.use(client)
        wakesAt = now
    }

    // MARK: Time

    private func watchInside(_ timeout: Int64, _ now: Int64) -> Int64 {
        let notice = min(Self.notice, timeout / 2)
        guard now >= insideDeadline - notice else { return insideDeadline - notice }
        insideDeadline = .max
        var isStuck = false
        var next = Int64.max
        for session in [session].compactMap({ $0 }) + retiring {
            for slot in session.slots {
                guard let oldest = session.update(slot, { $0.batch.oldest }) else { continue }
                if oldest == .max {
                    // Its messages have had their outcome; it must not be sent all the same.
                    guard session === self.session else { continue }
                    isStuck = true
                    insideDeadline = min(insideDeadline, max(mayRetireAt, now))
                    if now >= mayRetireAt - notice { succession.prepare(at: now) }
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
                    if now >= end - notice, now >= mayRetireAt - notice { succession.prepare(at: now) }
                    if now >= end { isStuck = true }
                }
                insideDeadline = min(insideDeadline, end)
            }
        }
        if isStuck, let session {
            if now < mayRetireAt {
                next = min(next, mayRetireAt)
            } else if let client = succession.take(at: now) {
                giveWay(session, now, to: client)
                next = now
            } else {
                next = min(next, now + Self.retryInterval)
            }
        }
        return next
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
    private func giveWay(_ session: Session, _ now: Int64, to client: Client) {
        let timeout = core.settings.timeout ?? .max
        for slot in session.slots {
            guard let (oldest, queue) = session.update(slot, { ($0.batch.oldest, $0.work.queue) }) else { continue }
            core.withState { $0.queues[queue].isChangingClients = true }
            if oldest == .max || oldest + timeout <= now { core.withState { $0.quarantine(queue) } }
        }
        mayRetireAt = now + Self.retirementInterval
        session.returnsUnsent = true
        session.phase = .settling(until: now + Self.settlingTime)
        replace(session)
        self.session = Session(client)
        core.metadata.use(client)
        core.withState { $0.dispatch.inquiry.refreshSoon(now) }
    }

    /// An abort drops what clients have; another takes over when it is there.
    func abortInside(_ now: Int64) {
        for session in retiring {
            session.returnsUnsent = false
            session.phase = .settling(until: now)
            for slot in session.slots { dropUnsent(slot, of: session) }
        }
        guard let session, session.count > 0 else { return }
        for slot in session.slots {
            if let queue = session.update(slot, { $0.work.queue }) {
                core.withState { $0.queues[queue].isChangingClients = true }
            }
        }
        session.phase = .settling(until: now)
        replace(session)
        self.session = nil
        succession.prepare(at: now)
    }

    /// What was to go back to its queue goes nowhere any more.
    private func dropUnsent(_ slot: UInt32, of session: Session) {
        let unsent = session.update(slot) { entry in
            defer { entry.unsent = [] }
            return (entry.unsent, entry.batch, entry.work)
        }
        guard let (ranges, batch, work) = unsent, !ranges.isEmpty else { return }
        fail(ranges, of: batch, work, core.error(for: .aborted), .notPersisted)
    }

    private func replace(_ session: Session) {
        retiring.append(session)
        core.withState { $0.retiredClients += 1 }
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
        guard let timeout = core.settings.timeout else { return false }
        return session.slots.allSatisfy { slot in
            session.update(slot) { $0.batch.isEmpty || $0.batch.oldest + timeout <= now } == true
        }
    }

    /// What a client has not reported by now is not known, and librdkafka may look at its bytes until it is gone.
    func giveUp(_ session: Session) {
        for slot in session.slots {
            guard let entry = session.remove(slot) else { continue }
            session.client.keep(entry.batch.chunk)
            let error =
                session.returnsUnsent
                ? lost(since: entry.batch.isEmpty ? nil : entry.batch.oldest, Uptime.now)
                : core.failure(.purgedInFlight, fatal: nil)
            fail(entry.batch.pending, of: entry.batch, entry.work, error, .possiblyPersisted)
            giveBack(entry)
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
