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
    /// Sends messages in order: up to 100 of one topic at a time are admitted together, with one wait, and handed to
    /// librdkafka together.
    ///
    /// - Throws: How many were accepted, and why the next one was not.
    public func send(contentsOf messages: [ProducerMessage]) async throws(AsyncProducer.PartialSendError) {
        var acceptedCount = 0
        while acceptedCount < messages.count {
            do {
                acceptedCount += try await producer.core.sendGroup(of: messages, from: acceptedCount)
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
        chunk.reserveCapacity(ProducerCore.maximumGroup)
        var iterator = messages.makeIterator()
        repeat {
            chunk.removeAll(keepingCapacity: true)
            while chunk.count < ProducerCore.maximumGroup, let message = iterator.next() { chunk.append(message) }
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

extension ProducerCore {
    static var maximumGroup: Int { 100 }
    /// Beyond so many bytes, gathering them costs more than a call for each message.
    private static var maximumGathered: Int { 64 << 10 }

    /// Messages of one topic that are admitted together.
    private struct Group {
        let topic: TopicHandle
        var count = 0
        var size = 0
        /// Nothing comes back with any of them, and the partitioner chooses.
        var isPlain = true
    }

    /// Admits messages from `start` on with one wait and produces them; returns how many.
    func sendGroup(of messages: [ProducerMessage], from start: Int) async throws(KafkaError) -> Int {
        let group = try group(messages, from: start)
        let epoch: UInt8
        if let atOnce = try admitAtOnce(count: group.count, size: group.size) {
            epoch = atOnce
        } else {
            epoch = try await waitForRoom(count: group.count, size: group.size)
        }
        let payloadSize = group.size - group.count * Budget.overhead
        if group.isPlain, group.count > 1, payloadSize <= Self.maximumGathered {
            produceBatch(messages, from: start, group, epoch)
        } else {
            for index in start..<start + group.count {
                produce(messages[index], admitted(messages[index], group, epoch))
            }
        }
        return group.count
    }

    /// The longest group within the limits. A bad message ends the group before it, and is refused as the first of one.
    private func group(_ messages: [ProducerMessage], from start: Int) throws(KafkaError) -> Group {
        // Half the budget at most: the group need not wait until everything before it is settled.
        let maximumCount = max(1, min(Self.maximumGroup, configuration.buffering.maximumMessages / 2))
        let maximumSize = configuration.buffering.maximumBytes / 2
        try check(MessageSize.of(messages[start]))
        let topic = messages[start].topic
        var group = Group(topic: try handle(for: topic))
        for index in start..<min(messages.count, start + maximumCount) {
            // One copy, of references: each look into the array would be one.
            let message = messages[index]
            guard index == start || message.topic == topic, let size = try? MessageSize.of(message),
                index == start || group.size + size <= maximumSize
            else { break }
            group.count += 1
            group.size += size
            group.isPlain = group.isPlain && message.isPlain && message.partition == nil
        }
        return group
    }

    private func produceBatch(_ messages: [ProducerMessage], from start: Int, _ group: Group, _ epoch: UInt8) {
        let opaque = Opaque(epoch: epoch, isPartitionExplicit: false)
        var batch = takeScratch() ?? MessageBatch(capacity: Self.maximumGroup, byteCapacity: Self.maximumGathered)
        for index in start..<start + group.count {
            let message = messages[index]
            if message.key == nil, case .array(let value)? = message.value?.storage {
                // The commonest form, apart: the general one tries every pair of forms.
                batch.append(key: nil, value: value.span, opaque: opaque.cValue)
                continue
            }
            withSpan(message.key) { key in
                withSpan(message.value) { value in batch.append(key: key, value: value, opaque: opaque.cValue) }
            }
        }
        batch.produce(to: group.topic) { offset, code in
            let message = messages[start + offset]
            fail(message, admitted(message, group, epoch), opaque, code)
        }
        putScratch(batch)
    }

    /// One of a group that was admitted, and so checked, before.
    private func admitted(_ message: ProducerMessage, _ group: Group, _ epoch: UInt8) -> Admitted {
        let size = (try? MessageSize.of(message)) ?? 0
        return Admitted(topic: group.topic, epoch: epoch, size: size)
    }
}
