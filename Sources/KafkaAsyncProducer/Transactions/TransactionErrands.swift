// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import RDKafka

/// librdkafka's transactional calls, each on a thread of its own: they block.
extension ProducerCore {
    private typealias Failure = Client.TransactionFailure

    /// How long a call may take before the deadline is looked at again: librdkafka waits by the wall clock. In
    /// milliseconds, and much longer than a step of its main thread takes: a call that is given up too early confuses its
    /// successor.
    private static var slice: Int64 { 500 }
    /// Before a call is tried again that failed at once, in milliseconds.
    private static var pause: Int64 { 20 }

    func run(_ errand: TransactionState.Errand, with client: Client) {
        let body: @Sendable () -> Void = { [self] in
            switch errand.kind {
            case .begin: begin(errand, client)
            case .offsets(let request): sendOffsets(errand, request, client)
            case .commit: commit(errand, client)
            case .abort: abort(errand, client)
            }
        }
        if !Thread.spawn(named: "kafka-transact", body) { DispatchQueue.global().async(execute: body) }
    }

    // MARK: The calls

    private func begin(_ errand: TransactionState.Errand, _ client: Client) {
        var isReady = withState { $0.transaction.isReady }
        var failure: Failure?
        if !isReady {
            failure = attempt(until: errand.deadline) { timeout throws(Failure) in
                try client.initTransactions(timeout: timeout)
            }
            isReady = failure == nil
        }
        if failure == nil {
            failure = attempt(until: errand.deadline) { _ throws(Failure) in try client.beginTransaction() }
        }
        let error = failure.map { explain($0, "the coordinator of the transactions was not ready", client) }
        update { [isReady] state, effects in state.begun(errand, error, isReady: isReady, &effects) }
    }

    private func sendOffsets(_ errand: TransactionState.Errand, _ request: OffsetsRequest, _ client: Client) {
        // In one piece: an error that passes becomes one that aborts when the time-out of its call is over.
        let failure = attempt(until: errand.deadline, slice: .max) { timeout throws(Failure) in
            try client.sendOffsets(request.offsets, of: request.group, timeout: timeout)
        }
        let group = printable(request.group.id, limit: 100)
        let error = failure.map { explain($0, "the offsets of group \"\(group)\" were not taken", client) }
        update { state, effects in state.tookOffsets(errand, request, error, &effects) }
    }

    private func commit(_ errand: TransactionState.Errand, _ client: Client) {
        let before = client.requests.endedTransactions
        let failure = attempt(until: .max) { timeout throws(Failure) in
            try client.commitTransaction(timeout: timeout)
        }
        let isUncertain =
            failure.map { mayBeCommitted($0, requests: client.requests.endedTransactions - before) } ?? false
        let error = failure.map { explain($0, "the commit failed", client) }
        let wasRefused = client.requests.takeRegistrationRetry()
        let isAwaited = update { state, effects in
            state.committed(errand, error, isUncertain: isUncertain, wasRefused: wasRefused, &effects)
        }
        if isAwaited { return }
        let text = "a commit that was not answered in time: "
        if let error {
            log.log(.warning, "TRANSACTION", text + error.message, error: error)
        } else {
            log.log(.info, "TRANSACTION", text + "it has succeeded")
        }
    }

    /// Whether the coordinator may have committed although the commit failed. It has not when nothing was asked of it, or once,
    /// and it answered with a refusal: of two requests the first may have done it, and the second meets what comes after.
    private func mayBeCommitted(_ failure: Failure, requests: Int) -> Bool {
        guard failure.isFatal || failure.requiresAbort || withState({ $0.fatalError != nil }) else { return true }
        return requests > 1 || requests == 1 && !KafkaError.Code(rawValue: failure.code.rawValue).refusesCommit
    }

    private func abort(_ errand: TransactionState.Errand, _ client: Client) {
        // Refused in any case: what librdkafka says is why, where it has found the transaction wanting itself.
        var origin: KafkaError?
        do throws(Failure) {
            try client.beginTransaction()
        } catch {
            if error.requiresAbort || error.isFatal { origin = explain(error, "", client) }
        }
        // Whatever the coordinator says: librdkafka begins no other transaction before it has aborted this one. Unless it knows of
        // none.
        let failure = attempt(until: .max, mayHelp: { !$0.isFatal && $0.code != .state }) { timeout throws(Failure) in
            try client.abortTransaction(timeout: timeout)
        }
        let error = failure.map { explain($0, "the abort failed", client) }
        let wasRefused = client.requests.takeRegistrationRetry()
        update { [origin] state, effects in
            state.aborted(errand, error, origin: origin, wasRefused: wasRefused, &effects)
        }
    }

    /// Calls again for as long as that may help; returns the failure that is left.
    private func attempt(
        until deadline: Int64,
        slice: Int64 = slice,
        mayHelp: (Failure) -> Bool = { $0.isRetriable && !$0.isFatal && !$0.requiresAbort },
        _ call: (Int32) throws(Failure) -> Void
    ) -> Failure? {
        while true {
            let started = Uptime.now
            let left = max(1, (deadline - started) / 1_000_000)
            do throws(Failure) {
                try call(Int32(clamping: min(left, slice)))
                return nil
            } catch {
                guard mayHelp(error), Uptime.now < deadline, !isGivenUp else { return error }
                if Uptime.now - started < Self.pause * 1_000_000 { Thread.sleep(milliseconds: Self.pause) }
            }
        }
    }

    /// Whether the producer has closed or met its end, or nobody wants the transaction that is being begun.
    private var isGivenUp: Bool {
        let now = Uptime.now
        return withState { state in
            // librdkafka asks no coordinator again after a fatal error, and says only that there was no answer.
            if state.fatalError != nil { return true }
            if state.phase == .closed || state.isDropping(at: now) { return true }
            // By then the coordinator has ended it itself: an `asyncClose` has no deadline.
            if state.phase == .draining, state.transaction.mayBeOverdue { return true }
            return state.transaction.phase == .beginning && state.transaction.cause != nil
        }
    }

    // MARK: Why

    /// By whom a producer is fenced no broker tells: by another with its id, unless the coordinator had a reason to do it
    /// itself.
    func fencingText(_ code: KafkaError.Code) -> String {
        guard let id = settings.transactionalID,
            [.fenced, .producerFenced, .invalidProducerEpoch].contains(code)
        else { return "" }
        let name = printable(id, limit: 100)
        let other = "another producer with the transactional id \"\(name)\" has begun after this one"
        guard withState({ $0.transaction.mayBeOverdue }) else { return " (\(other))" }
        let limit = Duration.nanoseconds(settings.transactionTimeout)
        return " (\(other), or the coordinator's time-out for a transaction, \(limit), was over)"
    }

    private func explain(_ failure: Failure, _ what: String, _ client: Client) -> KafkaError {
        if failure.isFatal {
            let (code, reason) = client.fatalError ?? (failure.code, failure.reason)
            stop(with: KafkaError(code, "fatal: \(printable(reason, limit: 1_000))", isFatal: true))
        }
        if let fatal = withState({ $0.fatalError }) { return fatal }
        let reason = printable(failure.reason, limit: 1_000)
        if failure.code == .timedOut, !failure.requiresAbort {
            let trouble = recentTrouble.map { "; last trouble: \($0.message)" } ?? ""
            return KafkaError(.deadlineExceeded, "\(what) within the deadline\(trouble)")
        }
        let code = KafkaError.Code(rawValue: failure.code.rawValue)
        return KafkaError(
            code,
            what.isEmpty ? reason : "\(what): \(reason)",
            // A gap in the sequence is not this transaction's fault: see Transactions.
            isRetriable: failure.isRetriable || code.isRetriable
                || code == .outOfOrderSequenceNumber && failure.requiresAbort,
            isFatal: failure.isFatal,
            requiresAbort: failure.requiresAbort
        )
    }
}
