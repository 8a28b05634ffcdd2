// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// How transactions have ended.
///
/// What readers of committed records see is not in it: the mock cluster keeps no marks of transactions, and its log is
/// that of a reader of uncommitted ones. That nobody sees what was aborted is for real brokers to show.
extension ModelVerdict {
    func isLost(_ number: Int) -> Bool {
        if case .committed? = book.transactions[number]?.result { false } else { true }
    }

    func judgeTransactions(_ statistics: Statistics?) {
        var (committed, aborted, unknown) = (0, 0, 0)
        for plan in plan.transactions {
            guard let end = book.transactions[plan.number] else {
                account.finding("transaction \(plan.number) has no end")
                continue
            }
            judge(plan, end, statistics)
            switch end.result {
            case .committed: committed += 1
            case .thrown: aborted += 1
            case .failed(let error):
                if error.outcome == .aborted { aborted += 1 }
                if error.outcome == .unknown { unknown += 1 }
            }
        }
        guard let statistics else { return }
        let isCounted =
            statistics.committedTransactions == committed && statistics.abortedTransactions == aborted
            && statistics.unresolvedTransactions == unknown
        account.expect(isCounted, "\(committed) committed, \(aborted) aborted, \(unknown) unknown: \(statistics)")
    }

    private func judge(_ transaction: ModelTransaction, _ end: ModelTransactionEnd, _ statistics: Statistics?) {
        let number = transaction.number
        func expect(_ condition: Bool, _ text: String) {
            account.expect(condition, "transaction \(number), \(end.result): \(text)")
        }
        let accepted = book.entries.values.filter { $0.origin.transaction == number && $0.isAccepted == true }
        let failures = accepted.flatMap(\.outcomes).compactMap { outcome -> KafkaError.Code? in
            if case .failed(let code, _) = outcome { code } else { nil }
        }
        // Five seconds beyond the deadline for an abort, and two for the last outcomes.
        let deadline = max(transaction.deadline ?? ModelSetting.transactionTimeout, .zero)
        let limit = deadline + .seconds(7) + ModelActor.patience
        expect(end.elapsed < limit, "it took \(end.elapsed)")
        switch end.result {
        case .committed:
            expect(end.hasBegun && !transaction.isThrowing, "its body has thrown")
            expect(failures.isEmpty, "messages failed: \(failures)")
            expect(!book.doomed.contains(number), "a call has said that it can only be aborted")
        case .thrown: expect(end.hasBegun && transaction.isThrowing, "its body has not thrown")
        case .failed(let error):
            expect(end.hasBegun == (error.outcome != .notBegun), "its body: \(end.hasBegun)")
            expect(!end.hasBegun || !transaction.isThrowing, "the error of its body is lost")
            expect(end.hasBegun || accepted.isEmpty, "messages were accepted")
            // What failed may have been told to nobody: those who sent it were cancelled, or its error was dropped.
            let isUntold =
                accepted.contains { $0.isSilent } || statistics?.droppedErrors[error.cause.code, default: 0] ?? 1 > 0
            let isExplained = failures.contains(error.cause.code) || isUntold
            expect(
                isExplained || isPossible(error.cause, transaction, end),
                "no reason: \(failures) of \(accepted.count)"
            )
            let isAnswered = transaction.deadline == nil && !plan.hasFaults && !end.mayBeClosed
            expect(error.outcome != .unknown || !isAnswered, "no reason not to know")
        }
    }

    /// Whether there is a reason for the end of a transaction other than a message of it.
    private func isPossible(_ cause: KafkaError, _ transaction: ModelTransaction, _ end: ModelTransactionEnd) -> Bool {
        if cause.isFatal { return plan.mayBeFatal }
        switch cause.code {
        case .closed: return end.mayBeClosed
        case .cancelled: return end.isCancelled || transaction.cancelsOffsets
        case .deadlineExceeded: return transaction.deadline != nil || plan.hasFaults || end.mayBeClosed
        // What a coordinator that was not there by the deadline was last heard of.
        case .transport where !end.hasBegun: return plan.hasFaults
        // Before the message itself has its outcome.
        case .messageTimedOut where plan.setting.timeout < .seconds(300): return true
        case .transactionInProgress: return !plan.hasOneOwner
        case .purgedFromQueue where cause.message.contains("abort was called"): return plan.aborts
        default:
            return plan.pushes(cause.code) || cause.code == .outOfOrderSequenceNumber && plan.mayLeaveGaps
        }
    }
}

extension ModelTransaction {
    fileprivate var cancelsOffsets: Bool {
        actions.contains { if case .cancelled(.offsets, _) = $0 { true } else { false } }
    }
}

extension ModelPlan {
    var hasOneOwner: Bool { actors.count { $0.contains { $0.transaction != nil } } == 1 }

    /// Whether anything is done to the cluster, or to what is connected to it.
    var hasFaults: Bool { !disturbances.isEmpty || hasFatalErrors }

    fileprivate var aborts: Bool { actions.contains { if case .abort = $0 { true } else { false } } }
}
