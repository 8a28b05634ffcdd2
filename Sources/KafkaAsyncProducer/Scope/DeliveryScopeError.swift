// SPDX-License-Identifier: Apache-2.0

/// A delivery scope ended with messages that were not delivered, or whose outcome it did not wait for.
///
/// Thrown by ``AsyncProducer/withDeliveryScope(deadline:_:)``. `deliveredCount`, ``errors`` with ``dropped``, and
/// `unfinishedCount` are together what the scope has accepted.
public struct DeliveryScopeError: Error, Sendable {
    /// How many messages were delivered.
    public let deliveredCount: Int
    /// The messages that failed, whole, in the order in which they did.
    public let errors: [ProducerError]
    /// Failures by cause whose messages are not in ``errors``: the oldest, beyond
    /// ``AsyncProducer/Configuration/Returns/maximumErrors``.
    public let dropped: [KafkaError.Code: Int]
    /// How many messages had no outcome yet when the deadline came or the task was cancelled. They are still being delivered;
    /// those that fail become elements of ``AsyncProducer/errors``.
    public let unfinishedCount: Int
    /// Why the scope did not wait for them: ``KafkaError/Code/deadlineExceeded`` or ``KafkaError/Code/cancelled``.
    public let interruption: KafkaError?
    /// What the body threw, if it did.
    public let bodyError: (any Error)?
}

extension DeliveryScopeError: CustomStringConvertible {
    /// The counts, the failures by cause, and what the body threw.
    public var description: String {
        var causes = dropped
        for error in errors { causes[error.error.code, default: 0] += 1 }
        let failed = causes.values.reduce(0, +)
        var parts: [String] = []
        if failed > 0 {
            let list = causes.sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }
                .map { "\($0.value) × \($0.key)" }
            parts.append("\(failed) messages of the scope were not delivered: \(list.joined(separator: ", "))")
        }
        if unfinishedCount > 0 {
            parts.append("\(unfinishedCount) have no outcome yet" + (interruption.map { " (\($0))" } ?? ""))
        }
        parts.append("\(deliveredCount) were delivered")
        if let bodyError { parts.append("the body threw \(bodyError)") }
        return parts.joined(separator: "; ")
    }
}
