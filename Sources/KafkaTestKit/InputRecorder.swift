// SPDX-License-Identifier: Apache-2.0

public import KafkaAsyncProducer
internal import Synchronization

/// Stands in for a producer's input in tests of code that sends: keeps what is sent, needs no broker, and does on demand what
/// brokers and full buffers do.
///
/// ```swift
/// let input = InputRecorder()
/// try await Orders(input: input).place("one")
/// #expect(input.messages.map(\.value?.string) == ["one"])
/// ```
///
/// Code under test takes a `some ProducerInput`. It refuses what every producer refuses: names of topics that Kafka does not
/// allow, negative partitions and so on. Awaited messages are delivered at once: to the partition that they name, or else to
/// 0, at offsets that count from 0. What becomes of other messages nobody can see from here; streams of outcomes need a
/// producer, with a ``MockCluster`` for example.
public final class InputRecorder: ProducerInput {
    private typealias Continuation = CheckedContinuation<Result<Void, KafkaError>, Never>

    private struct State {
        var messages: [ProducerMessage] = []
        var refusals = Repeated<KafkaError>()
        var failures = Repeated<Failure>()
        /// How many more messages are accepted; nil is any number.
        var room: Int?
        var isClosed = false
        var offsets: [Place: Int64] = [:]
        var waiting = WaiterQueue<(message: ProducerMessage, continuation: Continuation)>()

        var hasRoom: Bool { room.map { $0 > 0 } ?? true }

        mutating func accept(_ message: ProducerMessage) {
            messages.append(message)
            if let left = room { room = left - 1 }
        }
    }

    private struct Failure {
        let error: KafkaError
        let persistence: ProducerError.Persistence
    }

    private struct Place: Hashable {
        let topic: Topic
        let partition: Int32
    }

    private let state = Mutex(State())

    /// A recorder with room for any number of messages.
    public init() {}

    // MARK: What was sent

    /// The messages that were accepted, in order.
    public var messages: [ProducerMessage] { state.withLock { $0.messages } }

    /// The messages that were accepted since the last call, or since the beginning.
    public func takeMessages() -> [ProducerMessage] {
        state.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// How many sends wait for room.
    public var waitingSenders: Int { state.withLock { $0.waiting.count } }

    // MARK: What goes wrong

    /// Lets the next sends throw: their messages are not accepted. Calls add up.
    public func refuseNext(_ count: Int = 1, with error: KafkaError) {
        state.withLock { $0.refusals.append(error, count) }
    }

    /// Lets the next awaited messages fail after they were accepted. Calls add up.
    public func failNext(
        _ count: Int = 1,
        with error: KafkaError,
        persistence: ProducerError.Persistence = .notPersisted
    ) {
        state.withLock { $0.failures.append(Failure(error: error, persistence: persistence), count) }
    }

    /// Accepts so many messages more, like a budget that is used up then: sends wait, ``trySend(_:)`` is refused. Those that
    /// wait already get in first. nil is room for any number.
    public func limitRoom(to count: Int?) {
        let admitted = state.withLock { state -> [Continuation] in
            state.room = count.map { max($0, 0) }
            var admitted: [Continuation] = []
            while state.hasRoom, let next = state.waiting.popFirst() {
                state.accept(next.message)
                admitted.append(next.continuation)
            }
            return admitted
        }
        for continuation in admitted { continuation.resume(returning: .success(())) }
    }

    /// Refuses everything from now on, like a producer that is closed; those that wait, too.
    public func close() {
        let refused = state.withLock { state -> [Continuation] in
            state.isClosed = true
            return state.waiting.removeAll().map(\.continuation)
        }
        for continuation in refused { continuation.resume(returning: .failure(Self.closed)) }
    }

    private static var closed: KafkaError {
        KafkaError(.closed, "the recorder was closed: the message was not accepted")
    }

    private static var cancelled: KafkaError {
        KafkaError(.cancelled, "the task was cancelled: the message was not accepted")
    }

    // MARK: ProducerInput

    /// Keeps a message, or waits until there is room for it.
    public func send(_ message: ProducerMessage) async throws(KafkaError) {
        try message.check()
        if Task.isCancelled { throw Self.cancelled }
        let id = state.withLock { $0.waiting.makeID() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: Continuation) in
                let result = state.withLock { state -> Result<Void, KafkaError>? in
                    if let refusal = Self.refusal(&state) { return .failure(refusal) }
                    guard state.hasRoom, state.waiting.isEmpty else {
                        state.waiting.append((message, continuation), id: id)
                        return nil
                    }
                    state.accept(message)
                    return .success(())
                }
                if let result { return continuation.resume(returning: result) }
                // A cancellation that came before this registration is seen here.
                if Task.isCancelled { stopWaiting(id) }
            }
        } onCancel: {
            stopWaiting(id)
        }
        try result.get()
    }

    private func stopWaiting(_ id: UInt64) {
        let waiter = state.withLock { $0.waiting.remove(id: id) }
        waiter?.continuation.resume(returning: .failure(Self.cancelled))
    }

    private static func refusal(_ state: inout State) -> KafkaError? {
        state.isClosed ? closed : state.refusals.popFirst()
    }

    /// Keeps a message if there is room.
    public func trySend(_ message: ProducerMessage) throws(KafkaError) -> AsyncProducer.TrySendResult {
        try message.check()
        let result = state.withLock { state -> Result<AsyncProducer.TrySendResult, KafkaError> in
            if state.isClosed { return .success(.refused(.closing)) }
            if let refusal = state.refusals.popFirst() { return .failure(refusal) }
            guard state.waiting.isEmpty else { return .success(.refused(.sendersWaiting)) }
            guard state.hasRoom else { return .success(.refused(.messageLimit)) }
            state.accept(message)
            return .success(.accepted)
        }
        return try result.get()
    }

    /// Keeps a message; its outcome is known at once.
    public func submit(_ message: ProducerMessage) async throws(KafkaError) -> PendingDelivery {
        try await send(message)
        return PendingDelivery(message: message, outcome: outcome(of: message))
    }

    private func outcome(of message: ProducerMessage) -> Result<Delivery, ProducerError> {
        let partition = message.partition ?? 0
        return state.withLock { state in
            if let failure = state.failures.popFirst() {
                return .failure(
                    ProducerError(
                        message: message,
                        error: failure.error,
                        persistence: failure.persistence,
                        partition: partition
                    )
                )
            }
            let place = Place(topic: message.topic, partition: partition)
            let offset = state.offsets[place] ?? 0
            state.offsets[place] = offset + 1
            return .success(
                Delivery(
                    partition: partition,
                    offset: offset,
                    timestamp: message.timestamp,
                    latency: .zero,
                    brokerID: 1
                )
            )
        }
    }
}

/// What is to be used up one by one, each so many times.
private struct Repeated<Element> {
    private var entries: [(element: Element, count: Int)] = []

    mutating func append(_ element: Element, _ count: Int) {
        if count > 0 { entries.append((element, count)) }
    }

    mutating func popFirst() -> Element? {
        guard let first = entries.first else { return nil }
        if first.count == 1 { entries.removeFirst() } else { entries[0].count -= 1 }
        return first.element
    }
}
