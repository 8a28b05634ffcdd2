// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension AsyncProducer {
    /// ``Input/send(contentsOf:)-([ProducerMessage])`` stopped half way.
    public struct PartialSendError: Error, Sendable {
        /// How many messages, from the first on, were accepted: each of them has its outcome. The others were not.
        public let acceptedCount: Int
        /// Why the next one was not accepted.
        public let cause: KafkaError
    }
}

extension AsyncProducer.PartialSendError: CustomStringConvertible {
    /// The count and the cause.
    public var description: String { "\(acceptedCount) messages were accepted, the next one was not: \(cause)" }
}

extension AsyncProducer.Input {
    /// Sends messages in order, many of them under one lock.
    ///
    /// - Throws: How many were accepted, and why the next one was not.
    public func send(contentsOf messages: [ProducerMessage]) async throws(AsyncProducer.PartialSendError) {
        var acceptedCount = 0
        while acceptedCount < messages.count {
            do throws(KafkaError) {
                acceptedCount += try producer.core.sendNow(messages, from: acceptedCount, transaction)
                if acceptedCount < messages.count {
                    try await producer.core.sendWaiting(messages[acceptedCount], transaction)
                    acceptedCount += 1
                }
                // A loop that never has to wait would keep its thread for itself.
                if acceptedCount % (10 * maximumGroup) == 0 { await Task.yield() }
            } catch {
                throw AsyncProducer.PartialSendError(acceptedCount: acceptedCount, cause: error)
            }
        }
    }

    /// Sends a sequence of messages in order, 100 at a time; it may be endless.
    ///
    /// - Throws: How many were accepted, and why the next one was not.
    public func send(
        contentsOf messages: some Sequence<ProducerMessage>
    ) async throws(AsyncProducer.PartialSendError) {
        var acceptedCount = 0
        var chunk: [ProducerMessage] = []
        chunk.reserveCapacity(maximumGroup)
        var iterator = messages.makeIterator()
        repeat {
            chunk.removeAll(keepingCapacity: true)
            while chunk.count < maximumGroup, let message = iterator.next() { chunk.append(message) }
            do throws(AsyncProducer.PartialSendError) {
                try await send(contentsOf: chunk)
                acceptedCount += chunk.count
            } catch {
                throw AsyncProducer.PartialSendError(
                    acceptedCount: acceptedCount + error.acceptedCount,
                    cause: error.cause
                )
            }
        } while !chunk.isEmpty
    }
}

/// How many messages of a sequence are gathered, and how many are accepted under one lock: others want it, too.
private let maximumGroup = 100

extension ProducerCore {
    /// Accepts messages from `start` on as long as that is possible without waiting; returns how many.
    fileprivate func sendNow(
        _ messages: [ProducerMessage],
        from start: Int,
        _ transaction: UInt32
    ) throws(KafkaError) -> Int {
        if isForked { throw forkedError }
        // What could never be accepted ends the group before it, and is refused as the first of one.
        try MessageSize.check(messages[start])
        if Task.isCancelled { throw cancelledError }
        let end = min(messages.count, start + maximumGroup)
        let (count, hasWork) = withState { state -> (Int, Bool) in
            guard state.senders.isEmpty else { return (0, false) }
            // Borrowed: to take one out of the array is to copy it.
            let messages = messages.span
            var hasWork = false
            for position in start..<end {
                guard position == start || (try? MessageSize.check(messages[position])) != nil else {
                    return (position - start, hasWork)
                }
                let admission =
                    messages[position].attachments.map { state.admit(messages[position], $0, transaction) }
                    ?? state.admit(messages[position], transaction)
                switch admission {
                case .accepted: continue
                case .acceptedWithWork: hasWork = true
                case .futile, .notNow: return (position - start, hasWork)
                }
            }
            return (end - start, hasWork)
        }
        if hasWork { waker.wake() }
        return count
    }
}
