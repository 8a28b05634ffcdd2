// SPDX-License-Identifier: Apache-2.0

extension ProducerInput {
    /// Sends a sequence of messages in order, 100 at a time; it may be endless.
    ///
    /// - Throws: How many were accepted, why the next one was not, and what else had been taken from the sequence.
    public func send(
        contentsOf messages: some Sequence<ProducerMessage>
    ) async throws(AsyncProducer.PartialSendError) {
        try await AsyncProducer.sendInGroups(messages) { group throws(AsyncProducer.PartialSendError) in
            try await send(contentsOf: group)
        }
    }

    /// Sends what an asynchronous sequence gives, in order, until it ends; it may be endless.
    ///
    /// Each message is sent when the sequence has given it: those at hand share batches, and none waits for others to come. The
    /// sequence is read in the calling task and never ahead of what was accepted. Whether the task was cancelled is looked at
    /// every 100 messages, and while a send waits for room; a sequence that ends because of it, as `AsyncStream` does, counts
    /// as cancelled and not as its end.
    ///
    /// - Throws: How many were accepted, and why the next one was not: ``KafkaError/Code/sequenceFailed`` with
    ///   ``AsyncProducer/PartialSendError/sequenceError`` when the sequence threw. What it had given by then and what was not
    ///   accepted, one message at most, is in ``AsyncProducer/PartialSendError/unsent``.
    public func send<Messages: AsyncSequence>(
        contentsOf messages: Messages
    ) async throws(AsyncProducer.PartialSendError) where Messages.Element == ProducerMessage {
        var acceptedCount = 0
        var iterator = messages.makeAsyncIterator()
        while true {
            if acceptedCount % maximumGroup == 0, Task.isCancelled {
                throw AsyncProducer.PartialSendError(acceptedCount: acceptedCount, cause: .cancelledSend)
            }
            let next: ProducerMessage?
            do {
                next = try await iterator.next(isolation: #isolation)
            } catch {
                throw AsyncProducer.PartialSendError(acceptedCount: acceptedCount, sequenceError: error)
            }
            guard let message = next else {
                if !Task.isCancelled { return }
                throw AsyncProducer.PartialSendError(acceptedCount: acceptedCount, cause: .cancelledSend)
            }
            do throws(KafkaError) {
                try await send(message)
            } catch {
                throw AsyncProducer.PartialSendError(acceptedCount: acceptedCount, cause: error, unsent: [message])
            }
            acceptedCount += 1
        }
    }
}

extension AsyncProducer {
    /// Gives a sequence to `send`, as many messages at a time as are accepted under one lock.
    static func sendInGroups(
        _ messages: some Sequence<ProducerMessage>,
        _ send: ([ProducerMessage]) async throws(PartialSendError) -> Void
    ) async throws(PartialSendError) {
        var acceptedCount = 0
        var group: [ProducerMessage] = []
        group.reserveCapacity(maximumGroup)
        var iterator = messages.makeIterator()
        repeat {
            group.removeAll(keepingCapacity: true)
            while group.count < maximumGroup, let message = iterator.next() { group.append(message) }
            do throws(PartialSendError) {
                try await send(group)
                acceptedCount += group.count
            } catch {
                throw error.following(acceptedCount)
            }
        } while !group.isEmpty
    }

    /// A send of many messages stopped half way.
    public struct PartialSendError: Error, Sendable {
        /// How many messages, from the first on, were accepted: each of them has its outcome. The others were not.
        public let acceptedCount: Int
        /// Why the next one was not accepted.
        public let cause: KafkaError
        /// The messages that were not accepted, in order, as far as they had been taken from what was to be sent: to an array
        /// that is its rest, to a sequence what nobody else can get out of it any more.
        public let unsent: [ProducerMessage]
        /// What an asynchronous sequence threw, if that is why.
        public let sequenceError: (any Error)?

        /// Makes an error, for tests of code that handles one.
        public init(acceptedCount: Int, cause: KafkaError, unsent: [ProducerMessage] = []) {
            (self.acceptedCount, self.cause, self.unsent, sequenceError) = (acceptedCount, cause, unsent, nil)
        }

        /// A sequence that threw; of its cancellation, when it was that.
        public init(acceptedCount: Int, sequenceError: any Error) {
            let isCancellation = sequenceError is CancellationError
            cause =
                isCancellation
                ? .cancelledSend : KafkaError(.sequenceFailed, "the sequence of messages threw: \(sequenceError)")
            (self.acceptedCount, unsent, self.sequenceError) = (acceptedCount, [], sequenceError)
        }

        /// The same after `count` other messages.
        func following(_ count: Int) -> Self {
            Self(acceptedCount: acceptedCount + count, cause: cause, unsent: unsent)
        }
    }
}

extension AsyncProducer.PartialSendError: CustomStringConvertible {
    /// The count and the cause.
    public var description: String { "\(acceptedCount) messages were accepted, the next one was not: \(cause)" }
}

/// How many messages of a sequence are gathered, and how many are accepted under one lock: others want it, too.
let maximumGroup = 100
