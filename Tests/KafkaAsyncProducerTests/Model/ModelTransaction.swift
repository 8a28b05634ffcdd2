// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// A transaction of a plan.
struct ModelTransaction: Sendable {
    let number: Int
    /// What its body does, call after call.
    let body: [ModelAction]
    /// What tasks do that the body starts.
    let tasks: [[ModelAction]]
    /// Whether the body returns before those tasks have ended.
    let leavesTasks: Bool
    let isThrowing: Bool
    let deadline: Duration?

    var actions: [ModelAction] { body + tasks.flatMap { $0 } }
}

/// Offsets of a plan, and what they must be refused with whatever the state of the transaction.
struct ModelOffsets: Sendable {
    let offsets: [ConsumedOffset]
    let group: ConsumerGroupMetadata
    let refusal: KafkaError.Code?
}

/// Who sends, and in which transaction.
struct ModelOrigin: Sendable {
    let sender: Int
    /// Its number in the plan; nil outside of any.
    var transaction: Int?
    /// The body does not wait for it.
    var isLeft = false
}

/// How a transaction of a plan has ended.
struct ModelTransactionEnd: Sendable {
    enum Result: Sendable {
        case committed
        /// With the error that the plan's body throws.
        case thrown
        case failed(TransactionError)
    }

    let result: Result
    /// Whether its body has run.
    let hasBegun: Bool
    let isCancelled: Bool
    let mayBeClosed: Bool
    let elapsed: Duration
}
