// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Synchronization

@testable import KafkaAsyncProducer

/// One task of a plan on its way through its actions.
struct ModelActor: Sendable {
    let origin: ModelOrigin
    let account: ModelAccount
    let cluster: MockCluster
    /// What it sends through; nil for the producer itself.
    let transaction: Transaction?
    /// The handles that the task has looked up.
    let handles = ModelHandles()

    init(_ origin: ModelOrigin, account: ModelAccount, cluster: MockCluster, transaction: Transaction? = nil) {
        self.origin = origin
        self.account = account
        self.cluster = cluster
        self.transaction = transaction
    }

    func input(_ producer: AsyncProducer) -> AsyncProducer.Input { transaction?.input ?? producer.input }

    func perform(_ actions: [ModelAction], _ producer: AsyncProducer) async {
        for action in actions { await perform(action, producer) }
    }

    func perform(_ action: ModelAction, _ producer: AsyncProducer) async {
        switch action {
        case .send(let message):
            await sending(message) { () async throws(KafkaError) in
                try await send(handles.resolved(message.message), producer)
            }
        case .sendBorrowed(let message):
            await sending(message) { () async throws(KafkaError) in
                try await sendBorrowed(message, producer)
            }
        case .trySend(let message):
            trySending(message) { () throws(KafkaError) in
                try input(producer).trySend(handles.resolved(message.message))
            }
        case .trySendBorrowed(let message):
            trySending(message) { () throws(KafkaError) in try trySendBorrowed(message, producer) }
        case .sendArray(let messages):
            await sendingAll(messages) { () async throws(AsyncProducer.PartialSendError) in
                try await send(contentsOf: messages.map { handles.resolved($0.message) }, producer)
            }
        case .sendSequence(let messages):
            await sendingAll(messages) { () async throws(AsyncProducer.PartialSendError) in
                try await input(producer).send(contentsOf: messages.lazy.map { handles.resolved($0.message) })
            }
        case .sendStream(let messages): await sendStream(messages, producer)
        case .deliver(let message): await deliver(message, producer)
        case .deliverAll(let messages): await deliverAll(messages, producer)
        case .submit(let message, let waiters): await submit(message, waiters, producer)
        case .scope(let messages, let inner, let deadline): await scope(messages, inner, deadline, producer)
        case .topic(let name): lookUp(name, producer)
        case .settle(let name, let settings): settle(name, settings, producer)
        case .metadata(let topic, let timeout): await metadata(topic, timeout, producer)
        case .statistics: account.check(producer.statistics)
        case .look: look(producer)
        case .checkConnection(let deadline): await checkConnection(deadline, producer)
        case .preflight(let topics, let deadline): await preflight(topics, deadline, producer)
        case .createTopic(let topic, let partitions, let replicas, let timeout):
            await createTopic(topic, partitions, replicas, timeout, producer)
        case .transaction(let transaction): await perform(transaction, producer)
        case .transactionInVain: await transactionInVain(producer)
        case .offsets(let offsets): await sendOffsets(offsets)
        case .flush(let deadline): await flush(deadline, producer)
        case .abort: producer.abort()
        case .asyncClose:
            account.beginClosing()
            producer.asyncClose()
        case .close(let deadline): await close(deadline, producer)
        case .read(let reader, let limit, let messages): await read(reader, limit, messages, producer)
        case .idle(let reader, let duration): await idle(reader, duration, producer)
        case .pause(let duration): try? await Task.sleep(for: duration)
        case .cancelled(let action, let delay):
            let task = Task { await perform(action, producer) }
            if delay > .zero { try? await Task.sleep(for: delay) }
            task.cancel()
            await task.value
        case .fault(let fault): await cluster.perform(fault)
        case .fatal: producer.endClient()
        }
    }

    // MARK: Sending

    func sending(
        _ message: ModelMessage,
        isScoped: Bool = false,
        _ send: () async throws(KafkaError) -> Void
    ) async {
        do {
            try await send()
            account.accept(message, origin, isScoped: isScoped)
        } catch {
            account.refuse(message, error, origin, isCancelled: Task.isCancelled)
        }
    }

    func trySending(
        _ message: ModelMessage,
        isScoped: Bool = false,
        _ send: () throws(KafkaError) -> AsyncProducer.TrySendResult
    ) {
        do {
            switch try send() {
            case .accepted: account.accept(message, origin, isScoped: isScoped)
            case .refused(let refusal): account.refuse(message, refusal)
            }
        } catch {
            account.refuse(message, error, origin, isCancelled: Task.isCancelled)
        }
    }

    func sendingAll(
        _ messages: [ModelMessage],
        isScoped: Bool = false,
        _ send: () async throws(AsyncProducer.PartialSendError) -> Void
    ) async {
        do {
            try await send()
            for message in messages { account.accept(message, origin, isScoped: isScoped) }
        } catch {
            for message in messages.prefix(error.acceptedCount) {
                account.accept(message, origin, isScoped: isScoped)
            }
            if error.acceptedCount < messages.count {
                return account.refuse(messages[error.acceptedCount], error.cause, origin, isCancelled: Task.isCancelled)
            }
            // An asynchronous sequence ends when its task is cancelled: whether that was its end nobody can tell.
            let isEnd = error.acceptedCount == messages.count && error.cause.code == .cancelled && Task.isCancelled
            account.expect(isEnd, "\(error) of \(messages.count) messages")
        }
    }

    private func sendBorrowed(_ sent: ModelMessage, _ producer: AsyncProducer) async throws(KafkaError) {
        let message = handles.resolved(sent.message)
        let (input, topic, partition) = (self.input(producer), message.topic, message.partition)
        let (key, value) = (message.key?.array, message.value?.array)
        switch (key, value) {
        case (let key?, let value?) where sent.number.isMultiple(of: 2):
            try await input.sendBorrowed(
                to: topic,
                partition: partition,
                key: key.span,
                value: value.span,
                tag: sent.tag
            )
        case (let key?, let value?):
            try await input.send(
                to: topic,
                partition: partition,
                key: key.span,
                value: value.span,
                tag: sent.tag
            )
        case (let key?, nil):
            try await input.send(to: topic, partition: partition, key: key.span, value: nil, tag: sent.tag)
        case (nil, let value?):
            try await input.send(to: topic, partition: partition, value: value.span, tag: sent.tag)
        case (nil, nil): try await input.send(to: topic, partition: partition, value: nil, tag: sent.tag)
        }
    }

    private func trySendBorrowed(
        _ sent: ModelMessage,
        _ producer: AsyncProducer
    ) throws(KafkaError) -> AsyncProducer.TrySendResult {
        let message = handles.resolved(sent.message)
        let (input, topic, partition) = (self.input(producer), message.topic, message.partition)
        let (key, value) = (message.key?.array, message.value?.array)
        switch (key, value) {
        case (let key?, let value?):
            return try input.trySend(
                to: topic,
                partition: partition,
                key: key.span,
                value: value.span,
                tag: sent.tag
            )
        case (let key?, nil):
            return try input.trySend(to: topic, partition: partition, key: key.span, value: nil, tag: sent.tag)
        case (nil, let value?):
            return try input.trySend(to: topic, partition: partition, value: value.span, tag: sent.tag)
        case (nil, nil): return try input.trySend(to: topic, partition: partition, value: nil, tag: sent.tag)
        }
    }

    private func lookUp(_ name: String, _ producer: AsyncProducer) {
        do throws(KafkaError) {
            let topic = try producer.topic(name)
            account.expect(!ModelMessage.badTopics.contains(name), "a handle for \"\(name)\"")
            handles.add(topic)
        } catch {
            account.expect(isRefused(error, naming: [name]), "topic(\"\(name)\") threw \(error)")
        }
    }
}

/// Handles of topics by name.
final class ModelHandles: Sendable {
    private let topics = Mutex<[String: Topic]>([:])

    func add(_ topic: Topic) { topics.withLock { $0[topic.name] = topic } }

    /// The message with the handle for its topic, if there is one.
    func resolved(_ message: ProducerMessage) -> ProducerMessage {
        guard let topic = topics.withLock({ $0[message.topic.name] }) else { return message }
        var message = message
        message.topic = topic
        return message
    }
}

extension MockCluster {
    /// Faults of a plan; those that the cluster refuses are none.
    func perform(_ fault: ModelFault) async {
        switch fault {
        case .fail(let code, let request, let broker): try? await failNext(request, with: [code], on: broker)
        case .delay(let duration, let request, let broker): try? await delayNext(request, by: duration, on: broker)
        case .down(let broker): try? await brokerDown(broker)
        case .up(let broker): try? await brokerUp(broker)
        case .slow(let duration): try? await setRoundTripTime(duration)
        case .move(let topic, let partition, let broker):
            try? await moveLeader(topic: topic, partition: partition, to: broker)
        case .hide(let topic): try? await failTopic(topic, with: .unknownTopicOrPartition)
        case .show(let topic): try? await restoreTopic(topic)
        }
    }

    /// Ends every fault that a plan can have begun, and does nothing that would be one.
    func heal(_ faults: [ModelFault]) async {
        guard !faults.isEmpty else { return }
        try? await clearFaults()
        try? await setRoundTripTime(.zero)
        try? await brokerUp()
        for fault in faults {
            switch fault {
            case .hide(let topic): try? await restoreTopic(topic)
            case .move(let topic, let partition, nil): try? await moveLeader(topic: topic, partition: partition, to: 1)
            default: break
            }
        }
    }
}
