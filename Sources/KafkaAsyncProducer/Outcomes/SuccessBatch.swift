// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Messages that were delivered together, of one topic and in order: an element of
/// ``AsyncProducer/Successes/batches``.
public struct SuccessBatch: RandomAccessCollection, Sendable {
    private let storage: BatchStorage
    /// The first position.
    public let startIndex: Int
    /// One past the last position.
    public let endIndex: Int

    init(storage: BatchStorage, start: Int, count: Int) {
        self.storage = storage
        startIndex = start
        endIndex = start + count
    }

    /// Messages that were stored one after the other from a place on, for tests of code that reads
    /// ``AsyncProducer/Successes/batches``. Their own topics do not matter.
    public init(_ messages: [ProducerMessage], in topic: String, at place: Delivery) {
        self.init(storage: BatchStorage(messages, in: topic, at: place), start: 0, count: messages.count)
    }

    /// The topic of every message in it.
    public var topic: String { storage.topic }

    /// The message at `position`, which must be an index of the batch.
    public subscript(position: Int) -> DeliveredMessage {
        precondition(indices.contains(position), "position \(position) is not in \(indices)")
        return storage.message(at: position)
    }
}
