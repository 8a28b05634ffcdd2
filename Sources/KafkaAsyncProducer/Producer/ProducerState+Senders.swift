// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Senders: who gets in at once, who waits for room, and who must not.
extension ProducerState {
    /// What a suspended sender waits for: its message is accepted by whoever makes room, so nobody can overtake it.
    struct Sender {
        let submission: Submission
        /// The task, if it can be told.
        let task: Int?
        let continuation: CheckedContinuation<Result<Void, KafkaError>, Never>
        /// Since when it waits, on the monotonic clock.
        let since = Uptime.now
    }

    // MARK: At once or in line

    /// How many sends go by before one looks whether its task was cancelled: noticed within 1,000, at under 2 ns each. With
    /// the one that looks a prime number, so that of tasks that send in turn each comes to look.
    static var sendsPerLook: Int { 126 }

    /// Accepts a message if that is possible at once, after its sender has looked whether it is cancelled. With every eighth
    /// look it is to let others have its thread, which it would never do while there is room.
    mutating func look(
        _ submission: Submission,
        _ effects: inout Effects
    ) -> (isAccepted: Bool, isPauseDue: Bool, waiter: UInt64) {
        sendsToLook = Self.sendsPerLook
        looks &+= 1
        return (senders.isEmpty && accept(submission, &effects), looks & 7 == 0, senders.makeID())
    }

    /// Accepts a message, or lets its sender wait; returns whether it waits.
    mutating func acceptOrQueue(_ sender: Sender, _ id: UInt64, _ effects: inout Effects) -> Bool {
        if let refusal = refusal(of: sender.submission) {
            effects.then { sender.continuation.resume(returning: .failure(refusal)) }
            return false
        }
        if senders.isEmpty, accept(sender.submission, &effects) {
            effects.then { sender.continuation.resume(returning: .success(())) }
            return false
        }
        if mustNotWait(sender.task) {
            if isWithinOverdraft {
                acceptOverdrawn(sender.submission, &effects)
                effects.then { sender.continuation.resume(returning: .success(())) }
            } else {
                let error = Self.overdraftError(budget)
                effects.then { sender.continuation.resume(returning: .failure(error)) }
            }
            return false
        }
        senders.append(sender, id: id)
        waitForReader(&effects)
        // With nothing inside, open batches go now: only their outcomes can make room.
        effects.wakesDriver = effects.wakesDriver || dispatch.inside == 0
        return true
    }

    /// Accepts a message if there is room, or can be made by letting go of what nobody reads.
    private mutating func accept(_ submission: Submission, _ effects: inout Effects) -> Bool {
        guard submission.transaction == openTransaction, refusal(of: submission) == nil else { return false }
        repeat {
            switch admit(submission) {
            case .accepted: return true
            case .acceptedWithWork:
                effects.wakesDriver = true
                return true
            case .futile(let error):
                acceptInVain(submission, error, &effects)
                return true
            case .undecided, .notNow: continue
            }
        } while makeRoomByDiscarding(&effects)
        return false
    }

    private mutating func acceptOverdrawn(_ submission: Submission, _ effects: inout Effects) {
        switch admit(submission, mayOverdraw: true) {
        case .accepted, .undecided, .notNow: break
        case .acceptedWithWork: effects.wakesDriver = true
        case .futile(let error): acceptInVain(submission, error, &effects)
        }
    }

    mutating func trySend(
        _ submission: Submission,
        _ task: Int?,
        _ effects: inout Effects
    ) -> AsyncProducer.TrySendResult {
        // Nobody looks whether a sender is cancelled that does not wait: the next ones are quick again.
        sendsToLook = Self.sendsPerLook
        guard senders.isEmpty else { return .refused(.sendersWaiting) }
        // It cannot wait for a reader to come.
        let wait = readerWait
        if successes.mayDiscard { readerWait = .over }
        let isAccepted = accept(submission, &effects)
        readerWait = wait
        if isAccepted { return .accepted }
        if mustNotWait(task), isWithinOverdraft {
            acceptOverdrawn(submission, &effects)
            return .accepted
        }
        return .refused(budget.messages >= budget.maximumMessages ? .messageLimit : .byteLimit)
    }

    // MARK: Those who wait

    /// Accepts those who waited longest, as far as there is room.
    mutating func admitWaiting(_ effects: inout Effects) {
        while let sender = senders.first {
            var admission = admit(sender.submission)
            if case .notNow = admission {
                guard makeRoomByDiscarding(&effects) else { return }
                admission = admit(sender.submission)
                if case .notNow = admission { continue }
            }
            _ = senders.popFirst()
            finish(sender, admission, &effects)
        }
    }

    /// Accepts a reader that would wait for itself, now that nothing is in flight any more.
    mutating func admitReaders(_ effects: inout Effects) {
        while ledger.inFlight == 0, !senders.isEmpty,
            let sender = senders.removeFirst(where: { successes.isReading($0.task) })
        {
            guard isWithinOverdraft else {
                let error = Self.overdraftError(budget)
                effects.then { sender.continuation.resume(returning: .failure(error)) }
                continue
            }
            finish(sender, admit(sender.submission, mayOverdraw: true), &effects)
        }
    }

    private mutating func finish(_ sender: Sender, _ admission: Admission, _ effects: inout Effects) {
        switch admission {
        case .accepted: break
        case .acceptedWithWork: effects.wakesDriver = true
        case .futile(let error): acceptInVain(sender.submission, error, &effects)
        case .undecided, .notNow:
            // Its topic is known and there is room: nothing is accepted any more.
            let error = refusal(of: sender.submission.transaction) ?? KafkaError(.closed, "the producer was closed")
            effects.then { sender.continuation.resume(returning: .failure(error)) }
            return
        }
        effects.then { sender.continuation.resume(returning: .success(())) }
    }

    /// Accepts a message that can be written nowhere: that is its outcome.
    mutating func acceptInVain(_ submission: Submission, _ error: KafkaError, _ effects: inout Effects) {
        ledger.accept(1)
        if let scope = submission.scope { scopes.accept(scope) }
        fail(FailedMessage(submission, error, mark: ledger.mark), &effects)
    }

    /// A reader that sends from its loop would wait for itself when unread successes hold all the room: with nothing
    /// in flight only its own next step can give any. It then goes over the budget, by as much again at most.
    func mustNotWait(_ task: Int?) -> Bool { ledger.inFlight == 0 && successes.isReading(task) }

    var isWithinOverdraft: Bool {
        budget.messages < 2 * budget.maximumMessages && budget.bytes < 2 * budget.maximumBytes
    }

    static func overdraftError(_ budget: Budget) -> KafkaError {
        KafkaError(
            .noRoom,
            "loops over successes have sent more than the budget holds twice (\(budget.messages) messages, "
                + "\(budget.bytes) bytes are buffered): only their next steps can make room"
        )
    }

    /// Refuses everybody who waits.
    mutating func refuseWaiting(_ error: KafkaError, _ effects: inout Effects) {
        for sender in senders.removeAll() {
            effects.then { sender.continuation.resume(returning: .failure(error)) }
        }
    }

    /// Discards the oldest successes that nobody reads: they must never stall a send for long.
    mutating func makeRoomByDiscarding(_ effects: inout Effects) -> Bool {
        guard readerWait == .over, successes.mayDiscard, let unread = successes.take() else { return false }
        discard(unread, &effects)
        return true
    }
}
