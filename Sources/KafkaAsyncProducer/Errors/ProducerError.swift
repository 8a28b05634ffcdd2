// SPDX-License-Identifier: Apache-2.0

/// The outcome of a message that was not delivered: an element of ``AsyncProducer/errors``.
public struct ProducerError: Error, Sendable {
    /// Whether a failed message may be in the log all the same, so that sending it again could write it twice.
    public enum Persistence: Sendable, Hashable {
        /// Certainly not written: sending it again cannot duplicate it.
        case notPersisted
        /// Sent, with no answer: it may have been written.
        case possiblyPersisted
        /// Written, though the call failed. Trust it only with ``AsyncProducer/Configuration/Delivery/Acks/all``.
        case persisted
    }

    /// The whole message, field for field as it was sent, ready to be sent again.
    public let message: ProducerMessage
    /// Why it failed.
    public let error: KafkaError
    /// Whether it may be in the log.
    public let persistence: Persistence
    /// The partition it was meant for, chosen by the partitioner if the message did not name one; nil if none yet.
    public let partition: Int32?

    /// Makes an error, for tests of code that handles one.
    public init(
        message: ProducerMessage,
        error: KafkaError,
        persistence: Persistence,
        partition: Int32? = nil
    ) {
        self.message = message
        self.error = error
        self.persistence = persistence
        self.partition = partition
    }
}

extension ProducerError: CustomStringConvertible {
    /// Topic, partition, cause and verdict; never the message's bytes.
    public var description: String {
        let place = partition.map { "\(message.topic)[\($0)]" } ?? "\(message.topic)"
        return "\(place): \(error) (\(persistence))"
    }
}

/// The failures that ``AsyncProducer/close(deadline:)`` collected because nobody else read ``AsyncProducer/errors``.
public struct ProducerErrors: Error, Sendable {
    /// In the order in which they arrived.
    public let errors: [ProducerError]
    /// The account of the producer's life.
    public let report: CloseReport

    /// Makes one, for tests of code that handles it.
    public init(errors: [ProducerError], report: CloseReport) {
        self.errors = errors
        self.report = report
    }
}

extension ProducerErrors: RandomAccessCollection {
    /// 0.
    public var startIndex: Int { errors.startIndex }

    /// How many failures there are.
    public var endIndex: Int { errors.endIndex }

    /// The failure at `position`, which must be an index of the collection.
    public subscript(position: Int) -> ProducerError { errors[position] }
}

extension ProducerErrors: CustomStringConvertible {
    /// The number of failures by cause, those included that were dropped before anybody could collect them.
    public var description: String {
        var causes = report.statistics.droppedErrors
        let dropped = causes.values.reduce(0, +)
        for error in errors { causes[error.error.code, default: 0] += 1 }
        let list = causes.sorted { $0.value > $1.value }.map { "\($0.value) × \($0.key)" }
        let count = errors.count + dropped
        let text = "\(count) messages were not delivered" + (count > 0 ? ": \(list.joined(separator: ", "))" : "")
        return dropped > 0 ? "\(text); the oldest \(dropped) were dropped unread" : text
    }
}
