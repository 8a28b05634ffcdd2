// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// The steps of a transaction. Each is taken under the lock; what blocks is an errand for a thread.
extension ProducerState {
    /// How long an abort may take beyond the deadline.
    private static var abortTime: Int64 { 5_000_000_000 }
    /// How long the outcomes of what librdkafka dropped may take.
    private static var settlingTime: Int64 { 2_000_000_000 }

    // MARK: Begin

    /// Why no transaction can be begun now, if so.
    private var beginRefusal: KafkaError? {
        guard transaction.isTransactional else { return .notTransactional }
        if let refusal { return refusal }
        return transaction.phase == .none ? nil : .transactionInProgress
    }

    mutating func beginTransaction(
        _ beginner: TransactionState.Beginner,
        ticket: Int,
        until deadline: Int64,
        _ effects: inout Effects
    ) {
        if let refusal = beginRefusal {
            let error = TransactionError(outcome: .notBegun, cause: refusal)
            return effects.then { beginner.resume(returning: .failure(error)) }
        }
        transaction.start(ticket)
        transaction.deadline = deadline
        transaction.beginner = beginner
        transaction.add(.begin, until: deadline)
        effects.wakesDriver = true
    }

    /// librdkafka has begun, or not.
    mutating func begun(
        _ errand: TransactionState.Errand,
        _ error: KafkaError?,
        isReady: Bool,
        _ effects: inout Effects
    ) {
        transaction.finish(errand)
        transaction.isReady = isReady
        if let error { return failBegin(transaction.cause ?? error, &effects) }
        let (beginner, number) = (transaction.beginner.take(), transaction.number)
        transaction.noteOpen()
        transaction.phase = .open
        transaction.sendsUntil = min(transaction.deadline, Uptime.now + transaction.timeout)
        effects.then { beginner?.resume(returning: .success(number)) }
        effects.wakesDriver = true
        if let cause = transaction.cause { doom(cause, &effects) }
    }

    /// Nobody wants a transaction any more that has not begun yet.
    mutating func stopBegin(_ cause: KafkaError, _ effects: inout Effects) {
        guard transaction.phase == .beginning, transaction.cause == nil else { return }
        // One that is under way sees it.
        transaction.cause = cause
        if transaction.dropBegin() { failBegin(cause, &effects) }
    }

    private mutating func failBegin(_ error: KafkaError, _ effects: inout Effects) {
        let beginner = transaction.beginner.take()
        transaction.phase = .none
        let failure = TransactionError(outcome: .notBegun, cause: error)
        effects.then { beginner?.resume(returning: .failure(failure)) }
        settle(at: Uptime.now, &effects)
    }

    // MARK: Messages

    /// Why a message is not accepted in this transaction, or outside of one.
    func refusal(of number: UInt32) -> KafkaError? {
        if let refusal { return refusal }
        guard number != transaction.accepted else { return nil }
        if number == 0 { return .noTransaction(id: transaction.id ?? "") }
        if number == transaction.number, let cause = transaction.cause { return .mustAbort(cause) }
        return .endedTransaction
    }

    /// A message that was accepted has failed: what it was part of cannot be whole any more.
    mutating func noteFailure(_ error: ProducerError, _ effects: inout Effects) {
        guard transaction.isTransactional else { return }
        let place = error.partition.map { "\(error.message.topic)[\($0)]" } ?? "\(error.message.topic)"
        doom(
            KafkaError(
                error.error.code,
                "a message to \(place) failed: \(error.error.message)",
                isRetriable: error.error.isRetriable,
                isFatal: error.error.isFatal,
                securityFailure: error.error.securityFailure
            ),
            &effects
        )
    }

    /// The transaction can only be aborted, and is so at once: it must not stay open until its owner comes back.
    mutating func doom(_ cause: KafkaError, _ effects: inout Effects) {
        guard [.open, .completing].contains(transaction.phase) else { return }
        abortTransaction(for: cause, &effects)
    }

    private mutating func abortTransaction(for cause: KafkaError, _ effects: inout Effects) {
        transaction.phase = .aborting(isAborted: false)
        transaction.cause = cause
        transaction.abortsUntil = max(transaction.deadline, Uptime.now + Self.abortTime)
        refuseWaiting(.mustAbort(cause), &effects)
        for request in transaction.offsets { effects.then { request.answer(.failure(.mustAbort(cause))) } }
        transaction.offsets = []
        transaction.add(.abort, until: transaction.abortsUntil)
        effects.wakesDriver = true
    }

    // MARK: Offsets

    mutating func addOffsets(_ request: OffsetsRequest, _ number: UInt32, _ effects: inout Effects) {
        if let refusal = refusal(of: number) { return effects.then { request.answer(.failure(refusal)) } }
        transaction.offsets.append(request)
        transaction.add(.offsets(request), until: transaction.sendsUntil)
        effects.wakesDriver = true
    }

    mutating func tookOffsets(
        _ errand: TransactionState.Errand,
        _ request: OffsetsRequest,
        _ error: KafkaError?,
        _ effects: inout Effects
    ) {
        transaction.finish(errand)
        effects.wakesDriver = true
        guard errand.number == transaction.number else { return }
        if let error { return doom(error, &effects) }
        transaction.offsets.removeAll { $0 === request }
        effects.then { request.answer(.success(())) }
        completeTransaction(&effects)
    }

    // MARK: Commit

    /// The owner wants the end of its transaction: a commit, or with a cause an abort.
    mutating func endTransaction(
        _ owner: TransactionState.Owner,
        _ number: UInt32,
        abortingFor cause: KafkaError?,
        _ effects: inout Effects
    ) {
        guard number == transaction.number, transaction.phase != .none else {
            let error = TransactionError(outcome: .aborted, cause: .endedTransaction)
            return effects.then { owner.resume(returning: .failed(error)) }
        }
        transaction.owner = owner
        if let cause { doom(cause, &effects) }
        if transaction.phase == .open {
            transaction.phase = .completing
            refuseWaiting(.endedTransaction, &effects)
            closeChunks()
            effects.wakesDriver = true
            completeTransaction(&effects)
        }
        answerOwner(&effects)
    }

    /// Goes on where the transaction waits for outcomes, once there are none to wait for.
    mutating func completeTransaction(_ effects: inout Effects) {
        guard ledger.inFlight == 0 else { return }
        switch transaction.phase {
        case .completing where transaction.offsets.isEmpty:
            transaction.phase = .committing
            transaction.add(.commit, until: transaction.deadline)
            effects.wakesDriver = true
        case .aborting(isAborted: true): end(.aborted, transaction.cause, &effects)
        default: break
        }
    }

    /// What the coordinator answered to the commit; returns whether anybody still waited for that.
    mutating func committed(
        _ errand: TransactionState.Errand,
        _ error: KafkaError?,
        isUncertain: Bool,
        _ effects: inout Effects
    ) -> Bool {
        transaction.finish(errand)
        if error == nil { transaction.noteEnd() }
        effects.wakesDriver = true
        guard transaction.phase == .committing, errand.number == transaction.number else {
            // librdkafka wants an abort before it begins another.
            if error?.requiresAbort == true { transaction.add(.abort, until: .max) }
            settle(at: Uptime.now, &effects)
            return false
        }
        if let error {
            if error.requiresAbort, !isUncertain {
                abortTransaction(for: error, &effects)
            } else {
                if error.requiresAbort { transaction.add(.abort, until: .max) }
                end(isUncertain ? .unknown : .aborted, error, &effects)
            }
        } else {
            committedTransactions += 1
            end(.committed, &effects)
        }
        return true
    }

    // MARK: Abort

    /// librdkafka has aborted, or can do nothing more.
    mutating func aborted(
        _ errand: TransactionState.Errand,
        _ error: KafkaError?,
        origin: KafkaError?,
        _ effects: inout Effects
    ) {
        transaction.finish(errand)
        if error == nil { transaction.noteEnd() }
        effects.wakesDriver = true
        guard transaction.phase == .aborting(isAborted: false), errand.number == transaction.number else {
            return settle(at: Uptime.now, &effects)
        }
        if let origin, let cause = transaction.cause, cause.code.isConsequence { transaction.cause = origin }
        if error != nil { transaction.purgesClient = true }
        waitForLastOutcomes(&effects)
    }

    private mutating func waitForLastOutcomes(_ effects: inout Effects) {
        transaction.phase = .aborting(isAborted: true)
        transaction.abortsUntil = Uptime.now + Self.settlingTime
        completeTransaction(&effects)
    }

    // MARK: End

    private mutating func end(_ outcome: TransactionError.Outcome, _ cause: KafkaError?, _ effects: inout Effects) {
        if outcome == .unknown { unresolvedTransactions += 1 } else { abortedTransactions += 1 }
        end(.failed(TransactionError(outcome: outcome, cause: cause ?? .endedTransaction)), &effects)
    }

    private mutating func end(_ ending: TransactionState.Ending, _ effects: inout Effects) {
        transaction.phase = .ended(ending)
        answerOwner(&effects)
        settle(at: Uptime.now, &effects)
    }

    private mutating func answerOwner(_ effects: inout Effects) {
        guard case .ended(let ending) = transaction.phase, let owner = transaction.owner.take() else { return }
        transaction.phase = .none
        effects.then { owner.resume(returning: ending) }
    }

    /// Does what is due; returns when to look again.
    mutating func passTransactionDeadlines(at now: Int64, _ effects: inout Effects) -> Int64 {
        let isDropping = isDropping(at: now)
        func isDue(_ time: Int64) -> Bool { isDropping || now >= time }
        switch transaction.phase {
        case .none, .ended: return .max
        case .beginning:
            guard isDue(transaction.deadline) else { return transaction.deadline }
            // One that is under way looks at its deadline itself.
            if transaction.dropBegin() {
                failBegin(isDropping ? .closedInTransaction : .unresolvedTransaction, &effects)
            }
        case .open, .completing:
            guard isDue(transaction.sendsUntil) else { return transaction.sendsUntil }
            doom(isDropping ? .closedInTransaction : .transactionDeadline(ledger.inFlight), &effects)
        case .committing:
            guard isDue(transaction.deadline) else { return transaction.deadline }
            end(.unknown, .unansweredCommit, &effects)
        case .aborting(isAborted: false):
            guard isDue(transaction.abortsUntil) else { return transaction.abortsUntil }
            transaction.expiresInside = true
            waitForLastOutcomes(&effects)
        case .aborting(isAborted: true):
            guard now >= transaction.abortsUntil else { return transaction.abortsUntil }
            end(.aborted, transaction.cause, &effects)
        }
        return .max
    }

    /// What the driver is to do now for a transaction.
    mutating func takeTransactionStep(hasClient: Bool) -> TransactionStep {
        var step = TransactionStep()
        if hasClient { step.errands = transaction.takeErrands() }
        (step.expiresInside, transaction.expiresInside) = (transaction.expiresInside, false)
        (step.purges, transaction.purgesClient) = (transaction.purgesClient, false)
        return step
    }
}

/// What the driver does for a transaction.
struct TransactionStep: Sendable {
    var errands: [TransactionState.Errand] = []
    var expiresInside = false
    var purges = false
}

extension KafkaError.Code {
    /// Whether a coordinator that answers so has not committed: others, such as an unknown error, it gives after it may have.
    var refusesCommit: Bool {
        [
            .fenced, .producerFenced, .invalidProducerEpoch, .invalidTransactionState,
            .transactionalIDAuthorizationFailed,
            .clusterAuthorizationFailed, .invalidProducerIDMapping, .unknownProducerID,
        ].contains(self)
    }

    /// Whether messages fail with it because of something else that has failed.
    var isConsequence: Bool {
        [.purgedFromQueue, .purgedInFlight, .inconsistent, .invalidState].contains(self)
    }
}

extension KafkaError {
    static var notTransactional: KafkaError {
        KafkaError(.notTransactional, "the producer has no transactions: set configuration.transactionalID")
    }

    static var transactionInProgress: KafkaError {
        KafkaError(
            .transactionInProgress,
            "another transaction of this producer is open: wait for its end, or use another producer with an id of its own"
        )
    }

    static func noTransaction(id: String) -> KafkaError {
        KafkaError(
            .noTransaction,
            "the producer is transactional (\"\(printable(id, limit: 80))\"): send through the transaction that "
                + "withTransaction passes; the message was not accepted"
        )
    }

    static var endedTransaction: KafkaError {
        KafkaError(.transactionEnded, "the transaction has ended: the message was not accepted")
    }

    static var closedInTransaction: KafkaError {
        KafkaError(.closed, "the producer was closed while the transaction was open")
    }

    static var unresolvedTransaction: KafkaError {
        KafkaError(
            .deadlineExceeded,
            "the coordinator has not answered to the end of the transaction before within the deadline of this one"
        )
    }

    static var unansweredCommit: KafkaError {
        KafkaError(
            .deadlineExceeded,
            "the coordinator has not answered to the commit within the deadline; the next transaction waits for that"
        )
    }

    static var abortedInTransaction: KafkaError {
        KafkaError(.purgedFromQueue, "abort was called while the transaction was open")
    }

    static func transactionDeadline(_ inFlight: Int) -> KafkaError {
        KafkaError(
            .deadlineExceeded,
            "the transaction passed its deadline before it could be committed, with \(inFlight) messages in flight"
        )
    }

    /// Why nothing more is accepted in a transaction.
    static func mustAbort(_ cause: KafkaError) -> KafkaError {
        KafkaError(
            cause.code,
            "the transaction is aborted: \(cause.message)",
            isRetriable: cause.isRetriable,
            isFatal: cause.isFatal,
            requiresAbort: true,
            securityFailure: cause.securityFailure
        )
    }
}
