// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension AsyncProducer {
    /// ``Input/send(contentsOf:)`` stopped half way.
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
    /// Sends messages in order, taking room for many at a time and waiting once for each such group.
    ///
    /// - Throws: How many were accepted, and why the next one was not.
    public func send(
        contentsOf messages: some Collection<ProducerMessage>
    ) async throws(AsyncProducer.PartialSendError) {
        var acceptedCount = 0
        var start = messages.startIndex
        while start != messages.endIndex {
            do {
                let group = try producer.core.group(messages[start...])
                acceptedCount += try await producer.core.send(group)
                start = messages.index(start, offsetBy: group.messages.count)
            } catch {
                throw AsyncProducer.PartialSendError(acceptedCount: acceptedCount, cause: error)
            }
        }
    }
}

extension ProducerCore {
    /// Messages that are admitted together.
    struct Group {
        var messages: [ProducerMessage] = []
        var topics: [TopicHandle] = []
        var sizes: [Int] = []
        var size = 0
    }

    /// The longest group within the limits; a bad message ends the one before it and is refused as the first of its own.
    func group(_ messages: some Collection<ProducerMessage>) throws(KafkaError) -> Group {
        let buffering = configuration.buffering
        // Half the budget at most: the group need not wait until everything before it is settled.
        let maximumCount = max(1, min(100, buffering.maximumMessages / 2))
        let maximumSize = buffering.maximumBytes / 2
        var group = Group()
        for message in messages {
            let size: Int
            let topic: TopicHandle
            do {
                size = try MessageSize.of(message)
                try check(size)
                topic = try handle(for: message.topic)
            } catch {
                if group.messages.isEmpty { throw error }
                return group
            }
            if !group.messages.isEmpty, group.size + size > maximumSize { return group }
            group.messages.append(message)
            group.topics.append(topic)
            group.sizes.append(size)
            group.size += size
            if group.messages.count == maximumCount { return group }
        }
        return group
    }

    /// Admits the group with one wait and produces it; returns its length.
    func send(_ group: Group) async throws(KafkaError) -> Int {
        let count = group.messages.count
        let epoch: UInt8
        if let atOnce = try admitAtOnce(count: count, size: group.size) {
            epoch = atOnce
        } else {
            epoch = try await waitForRoom(count: count, size: group.size)
        }
        for index in group.messages.indices {
            let admitted = Admitted(topic: group.topics[index], epoch: epoch, size: group.sizes[index])
            produce(group.messages[index], admitted)
        }
        return count
    }
}
