// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// The position of one iterator of ``AsyncProducer/successes``: the batch it took and how far it has read.
///
/// An object, because leaving a loop half way must give the rest back.
@usableFromInline
final class SuccessCursor {
    private let core: ProducerCore
    @usableFromInline var batch: BatchStorage?
    @usableFromInline var position = 0
    @usableFromInline var end = 0

    init(core: ProducerCore) {
        self.core = core
        core.successIteratorStarted()
    }

    deinit {
        var rest: UnreadBatch?
        if let batch, position < end {
            rest = UnreadBatch(batch: batch, start: position, count: end - position)
        }
        core.successIteratorEnded(ObjectIdentifier(self), givingBack: rest)
    }

    /// The next message of the batch at hand.
    @inlinable
    func nextAtHand() -> DeliveredMessage? {
        guard position < end, let batch else { return nil }
        position += 1
        return batch.message(at: position - 1)
    }

    /// Waits for a batch and returns its first message.
    @usableFromInline
    func nextAfterRefill(isolation: isolated (any Actor)?) async -> DeliveredMessage? {
        guard await refill(isolation: isolation) else { return nil }
        return nextAtHand()
    }

    /// What is left of the batch at hand, or the next one whole.
    func nextBatch(isolation: isolated (any Actor)?) async -> SuccessBatch? {
        guard await refill(isolation: isolation), let batch else { return nil }
        defer { position = end }
        return SuccessBatch(storage: batch, start: position, count: end - position)
    }

    private func refill(isolation: isolated (any Actor)?) async -> Bool {
        batch = nil
        let iterator = ObjectIdentifier(self)
        guard let unread = await core.nextSuccesses(isolation: isolation, iterator) else { return false }
        batch = unread.batch
        position = unread.start
        end = unread.start + unread.count
        return true
    }
}
