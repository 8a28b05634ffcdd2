// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

extension ModelAccount {
    /// Whether it is for its transaction, or for want of one, that a call is refused; notes what can only be aborted.
    func isRefused(for error: KafkaError, _ origin: ModelOrigin) -> Bool {
        guard setting.isTransactional else { return false }
        if error.requiresAbort, let number = origin.transaction {
            book.withLock { _ = $0.doomed.insert(number) }
            return true
        }
        if error.isFatal { return plan.mayBeFatal }
        if origin.transaction == nil { return error.code == .noTransaction }
        return error.code == .transactionEnded && origin.isLeft
    }

    func note(_ end: ModelTransactionEnd, of transaction: ModelTransaction) {
        book.withLock { $0.transactions[transaction.number] = end }
    }

    /// What was accepted in a transaction that was committed is in the log, whoever was told.
    func deliveredInTransaction(_ number: Int, _ end: ModelTransactionEnd) {
        guard case .committed = end.result else { return }
        book.withLock { book in
            for (message, entry) in book.entries where entry.origin.transaction == number && entry.isAccepted == true {
                book.inLog.insert(message)
            }
        }
    }
}
