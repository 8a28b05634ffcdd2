// SPDX-License-Identifier: Apache-2.0

/// A transaction that was not committed, or of which that is not known. See <doc:Transactions>.
public struct TransactionError: Error, Hashable, Sendable {
    /// What became of the transaction.
    public enum Outcome: Sendable, Hashable, CaseIterable {
        /// It was never begun: nothing was sent.
        case notBegun
        /// Nothing of it will ever be visible to readers of committed records: the coordinator has aborted it, or will
        /// when this or another producer of the same id begins its next one, or when its time-out is over.
        case aborted
        /// The commit was asked for and not answered in time: all of it is visible, or will be, or nothing ever is.
        case unknown
    }

    /// What became of the transaction.
    public let outcome: Outcome
    /// Why; ``KafkaError/isFatal`` says that the producer can do nothing more, ``KafkaError/isRetriable`` that the same
    /// transaction may succeed when it is run again.
    public let cause: KafkaError

    /// Makes an error, for tests of code that handles one.
    public init(outcome: Outcome, cause: KafkaError) {
        self.outcome = outcome
        self.cause = cause
    }
}

extension TransactionError: CustomStringConvertible {
    /// What became of it, and why.
    public var description: String {
        switch outcome {
        case .notBegun: "the transaction was not begun: \(cause)"
        case .aborted: "the transaction was aborted: \(cause)"
        case .unknown: "whether the transaction was committed is not known: \(cause)"
        }
    }
}
