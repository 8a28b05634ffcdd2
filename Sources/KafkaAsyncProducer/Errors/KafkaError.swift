// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Something that failed: in librdkafka, at the broker, or before a message was accepted.
///
/// Thrown by ``AsyncProducer/Input/send(_:)`` it means that the message was *not accepted* and is counted nowhere.
/// Inside a ``ProducerError`` it is the outcome of a message that was.
///
/// What throws it says so in its type, and so can a `do`: in its `catch` there is no cast, and no other error.
///
/// <!-- snippet: Errors.typed -->
/// ```swift
/// do throws(KafkaError) {
///     try await producer.input.send(message)
/// } catch {
///     guard error.isRetriable else { return give(up: message, because: error.code) }
///     await later(message)
/// }
/// ```
///
/// Without `throws(KafkaError)` the same holds while everything in the `do` throws this type. A closure loses it unless it
/// is written there, too: `{ () async throws(KafkaError) in … }`.
public struct KafkaError: Error, Hashable, Sendable {
    /// What failed. New codes may appear with a new librdkafka: always keep a default branch.
    public let code: Code
    /// What failed, for which thing, and what to do next: one line for people.
    public let message: String
    /// Whether the same message, or the same call, may succeed later without a change.
    public let isRetriable: Bool
    /// Whether the producer cannot be used any more; close it and make a new one.
    public let isFatal: Bool
    /// Whether the current transaction must be aborted before anything else.
    public let requiresAbort: Bool
    /// Why a connection could not be made secure, where that is the cause and is known.
    public let securityFailure: SecurityFailure?

    /// Makes an error; the flags follow from the code unless given.
    public init(
        _ code: Code,
        _ message: String,
        isRetriable: Bool? = nil,
        isFatal: Bool = false,
        requiresAbort: Bool = false,
        securityFailure: SecurityFailure? = nil
    ) {
        self.code = code
        self.message = message
        self.isRetriable = isRetriable ?? code.isRetriable
        self.isFatal = isFatal
        self.requiresAbort = requiresAbort
        self.securityFailure = securityFailure
    }

    /// Kafka's own name for the error, such as `MESSAGE_TOO_LARGE`; names with a leading `_` are the client's.
    public var name: String { code.name }
}

extension KafkaError: CustomStringConvertible {
    /// The name and the message.
    public var description: String { "\(name): \(message)" }
}

extension KafkaError {
    /// A code that librdkafka gave, in its own words unless there are better ones.
    init(_ code: ResponseCode, _ message: String? = nil, isFatal: Bool = false) {
        self.init(Code(rawValue: code.rawValue), message ?? code.text, isFatal: isFatal)
    }
}
