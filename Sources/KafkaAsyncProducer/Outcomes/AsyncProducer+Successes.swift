// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer {
    /// The messages that were delivered, batch by batch as the reports come, in order within each partition.
    ///
    /// Several iterators share the work: each batch goes to one. Leaving a loop half way gives the rest of its batch
    /// to the next reader and never disturbs the producer. An iterator ends after the last outcome of a closed
    /// producer, or when its task is cancelled; a cancelled one still gets the rest of the batch it has taken, and
    /// leaves all other messages to the next reader. What happens while nobody reads is
    /// ``AsyncProducer/Configuration/Returns/successes``.
    ///
    /// The task that runs the loop may send and deliver in it, also when the budget is used up by what it has not read
    /// yet. It must not wait there for *another* task to send: that one waits for room, which only the loop can give.
    public struct Successes: AsyncSequence, Sendable {
        /// A delivered message.
        public typealias Element = DeliveredMessage
        /// Reading never fails.
        public typealias Failure = Never

        let core: ProducerCore

        /// The same messages, one element per batch: for consumers that need no element of their own for each.
        public var batches: Batches { Batches(core: core) }

        /// Starts to read; counts as a reader until it is released.
        public func makeAsyncIterator() -> Iterator { Iterator(cursor: SuccessCursor(core: core)) }

        /// Reads message by message. One task at a time may use it.
        public struct Iterator: AsyncIteratorProtocol {
            @usableFromInline let cursor: SuccessCursor

            init(cursor: SuccessCursor) { self.cursor = cursor }

            /// The next message; suspends until there is one, and returns nil at the end or when cancelled.
            @inlinable
            public mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async -> DeliveredMessage? {
                if let message = cursor.nextAtHand() { return message }
                return await cursor.nextAfterRefill(isolation: actor)
            }

            /// The next message; suspends until there is one, and returns nil at the end or when cancelled.
            @inlinable
            public mutating func next() async -> DeliveredMessage? {
                await next(isolation: #isolation)
            }
        }
    }
}

extension AsyncProducer.Successes {
    /// Delivered messages in the batches in which they were reported.
    public struct Batches: AsyncSequence, Sendable {
        /// A batch of delivered messages.
        public typealias Element = SuccessBatch
        /// Reading never fails.
        public typealias Failure = Never

        let core: ProducerCore

        /// Starts to read; counts as a reader until it is released.
        public func makeAsyncIterator() -> Iterator { Iterator(cursor: SuccessCursor(core: core)) }

        /// Reads batch by batch. One task at a time may use it.
        public struct Iterator: AsyncIteratorProtocol {
            private let cursor: SuccessCursor

            init(cursor: SuccessCursor) { self.cursor = cursor }

            /// The next batch; suspends until there is one, and returns nil at the end or when cancelled.
            public mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async -> SuccessBatch? {
                await cursor.nextBatch(isolation: actor)
            }

            /// The next batch; suspends until there is one, and returns nil at the end or when cancelled.
            public mutating func next() async -> SuccessBatch? {
                await next(isolation: #isolation)
            }
        }
    }
}
