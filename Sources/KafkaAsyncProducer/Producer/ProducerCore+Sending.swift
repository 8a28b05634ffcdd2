// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// An accepted message on its way into librdkafka: from here on it has exactly one outcome.
struct Admitted {
    let topic: TopicHandle
    let epoch: UInt8
    let size: Int
}

extension ProducerCore {
    var forkedError: KafkaError {
        KafkaError(.forked, "this producer belongs to the parent of this process: make one after fork")
    }

    // MARK: Admission

    /// Accepts a message without waiting; nil when it has to wait, or its topic is new, or it is refused.
    @inline(__always)
    func admitNow(_ topic: Topic, size: Int) -> Admitted? {
        guard !isForked, let admitted = withState({ $0.admitNow(topic, size: size) }) else { return nil }
        return Admitted(topic: admitted.topic, epoch: admitted.epoch, size: size)
    }

    /// The same for a message that needs a slot, which it gets under the same lock.
    @inline(__always)
    func admitNow(_ message: ProducerMessage, size: Int) -> (Admitted, SlotTable.Key)? {
        guard !isForked else { return nil }
        return withState { state in
            guard let (topic, epoch) = state.admitNow(message.topic, size: size) else { return nil }
            let slot = state.slots.insert(SlotTable.Content(of: message))
            return (Admitted(topic: topic, epoch: epoch, size: size), slot)
        }
    }

    /// Accepts a message, waiting for room in the order of the calls.
    func admit(_ topic: Topic, count: Int = 1, size: Int) async throws(KafkaError) -> Admitted {
        let handle = try handle(for: topic)
        try check(size)
        if let epoch = try admitAtOnce(count: count, size: size) {
            return Admitted(topic: handle, epoch: epoch, size: size)
        }
        return Admitted(topic: handle, epoch: try await waitForRoom(count: count, size: size), size: size)
    }

    /// Accepts `count` messages if there is room and nobody waits.
    func admitAtOnce(count: Int, size: Int) throws(KafkaError) -> UInt8? {
        let task = CurrentTask.id
        let result = update { state, effects -> Result<UInt8?, KafkaError> in
            if let refusal = state.refusal { return .failure(refusal) }
            return .success(state.admit(count: count, size: size, task: task, &effects))
        }
        return try result.get()
    }

    func waitForRoom(count: Int, size: Int) async throws(KafkaError) -> UInt8 {
        if Task.isCancelled { throw cancelledError }
        let id = withState { $0.senders.makeID() }
        let task = CurrentTask.id
        var timer: Task<Void, Never>?
        defer { timer?.cancel() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<UInt8, KafkaError>, Never>) in
                update { state, effects in
                    if let refusal = state.refusal {
                        effects.then { continuation.resume(returning: .failure(refusal)) }
                    } else if let epoch = state.admit(count: count, size: size, task: task, &effects) {
                        effects.then { continuation.resume(returning: .success(epoch)) }
                    } else {
                        let sender = ProducerState.Sender(
                            count: count,
                            size: size,
                            task: task,
                            continuation: continuation
                        )
                        state.senders.append(sender, id: id)
                    }
                }
                // See WaiterQueue: a cancellation that came before this registration is seen here.
                if Task.isCancelled { stopWaiting(id, cancelledError) }
                // Not before: a timer that went off too early would find nobody and leave the sender waiting for ever.
                timer = startAdmissionTimer(id)
            }
        } onCancel: {
            stopWaiting(id, cancelledError)
        }
        return try result.get()
    }

    private var cancelledError: KafkaError {
        KafkaError(.cancelled, "the task was cancelled while it waited for room: the message was not accepted")
    }

    /// Takes a sender out of the queue, unless it was admitted already.
    private func stopWaiting(_ id: UInt64, _ error: @autoclosure () -> KafkaError) {
        update { state, effects in
            guard let sender = state.senders.remove(id: id) else { return }
            effects.then { [error = error()] in sender.continuation.resume(returning: .failure(error)) }
            // A large message at the head may have kept smaller ones waiting.
            state.admitWaiting(&effects)
        }
    }

    private func startAdmissionTimer(_ id: UInt64) -> Task<Void, Never>? {
        guard let deadline = configuration.buffering.admissionDeadline else { return nil }
        return Task.detached { [self] in
            do { try await Task.sleep(for: deadline) } catch { return }
            let statistics = statistics
            let text =
                "no room within \(deadline): \(statistics.inFlight) messages in flight, "
                + "\(statistics.unreadSuccesses) delivered ones wait for a reader of successes"
            stopWaiting(id, KafkaError(.noRoom, text))
        }
    }

    // MARK: Topics

    /// The handle of a topic, made on its first use.
    func handle(for topic: Topic) throws(KafkaError) -> TopicHandle {
        if isForked { throw forkedError }
        let (known, refusal, client, count) = withState { state in
            (state.topics.find(topic), state.refusal, state.client, state.topics.count)
        }
        if let refusal { throw refusal }
        if let known { return known }
        guard let client else { throw KafkaError(.closed, "the producer is closed") }
        try Topic.validate(topic.name)
        if count >= configuration.buffering.maximumTopics {
            throw KafkaError(
                .tooManyTopics,
                "topic \"\(topic.name)\" would be number \(count + 1); raise buffering.maximumTopics if that is meant"
            )
        }
        do {
            let handle = try client.topic(topic.name)
            _ = withState { $0.phase == .closed ? topic : $0.topics.insert(handle, name: topic.name) }
            return handle
        } catch {
            throw KafkaError(error.code, "topic \"\(topic.name)\": \(error.reason)")
        }
    }

    func resolve(_ name: String) throws(KafkaError) -> Topic {
        _ = try handle(for: Topic(name))
        return withState { $0.topics.resolve(name) } ?? Topic(name)
    }

    // MARK: Producing

    /// Hands an accepted message to librdkafka. A code it returns at once is an outcome like any other.
    func produce(_ message: ProducerMessage, _ admitted: Admitted) {
        let extra = Opaque.extraWithoutSlot(for: message) ?? .slot(reserveSlot(for: message), isAwaited: false)
        produce(message, admitted, extra)
    }

    /// The hot path: nothing is allocated for a message.
    @inline(__always)
    func produce(_ message: ProducerMessage, _ admitted: Admitted, _ extra: Opaque.Extra) {
        let opaque = Opaque(epoch: admitted.epoch, isPartitionExplicit: message.partition != nil, extra)
        let code: ResponseCode
        if !message.headers.isEmpty || message.timestamp != nil {
            code = withSpans(message) { key, value in
                admitted.topic.produce(
                    partition: message.partition,
                    key: key,
                    value: value,
                    headers: headerList(message.headers),
                    timestamp: message.timestamp?.millisecondsSinceEpoch ?? 0,
                    opaque: opaque.cValue
                )
            }
        } else if message.key == nil, case .array(let value)? = message.value?.storage {
            // The commonest form, apart: the general one tries every pair of forms.
            code = admitted.topic.produce(
                partition: message.partition,
                key: nil,
                value: value.span,
                opaque: opaque.cValue
            )
        } else {
            code = withSpans(message) { key, value in
                admitted.topic.produce(partition: message.partition, key: key, value: value, opaque: opaque.cValue)
            }
        }
        if code.isError { fail(message, admitted, opaque, code) }
    }

    /// A slot for what C cannot carry.
    private func reserveSlot(for message: ProducerMessage) -> SlotTable.Key {
        withState { $0.slots.insert(SlotTable.Content(of: message)) }
    }

    /// The outcome of a message that librdkafka refused: nothing of it was sent. Rare, and so kept out of the hot path.
    @inline(never)
    func fail(_ message: ProducerMessage, _ admitted: Admitted, _ opaque: Opaque, _ code: ResponseCode) {
        let fatal = code == .fatal ? noteFatalError() : nil
        let content = opaque.slot.flatMap { key in withState { $0.slots.take(key) } }
        let error = ProducerError(
            message: message,
            error: failure(code, fatal: fatal),
            persistence: .notPersisted,
            partition: message.partition
        )
        count([
            FailedMessage(
                error: error,
                epoch: admitted.epoch,
                size: admitted.size,
                isAwaited: opaque.isAwaited,
                awaiter: content?.awaiter
            )
        ])
    }

    private func headerList(_ headers: [RecordHeader]) -> HeaderList? {
        if headers.isEmpty { return nil }
        var list = HeaderList(capacity: headers.count)
        for header in headers {
            withSpan(header.value) { list.append(name: header.name, value: $0) }
        }
        return list
    }

    // MARK: Awaited outcomes

    /// Sends a message and waits for its own outcome.
    func deliver(_ message: ProducerMessage, _ admitted: Admitted) async -> Result<Delivery, ProducerError> {
        let key = reserveSlot(for: message)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: DeliveryContinuation) in
                // Registered before the message can be reported.
                withState { $0.slots.setAwaiter(Awaiter(continuation), key) }
                produce(message, admitted, .slot(key, isAwaited: true))
                if Task.isCancelled { stopAwaiting(key, message) }
            }
        } onCancel: {
            stopAwaiting(key, message)
        }
    }

    /// Resumes a cancelled caller; the message keeps its outcome, which is counted.
    private func stopAwaiting(_ key: SlotTable.Key, _ message: ProducerMessage) {
        guard let awaiter = withState({ $0.slots.takeAwaiter(key) }) else { return }
        let error = ProducerError(
            message: message,
            error: KafkaError(.cancelled, "the caller was cancelled; the message is still being delivered"),
            persistence: .possiblyPersisted
        )
        awaiter.resume(returning: .failure(error))
    }
}

/// Lends the key and the value of a message for the length of `body`; not inlined, nor is what it lends them to.
@inline(never)
private func withSpans(
    _ message: ProducerMessage,
    _ body: (Span<UInt8>?, Span<UInt8>?) -> ResponseCode
) -> ResponseCode {
    guard message.key == nil, case .array(let value)? = message.value?.storage else {
        return withSpan(message.key) { key in withSpan(message.value) { value in body(key, value) } }
    }
    return body(nil, value.span)
}

/// Lends optional bytes for the length of `body`.
@inline(__always)
func withSpan<Result>(_ bytes: KafkaBytes?, _ body: (Span<UInt8>?) -> Result) -> Result {
    guard let bytes else { return body(nil) }
    switch bytes.storage {
    case .array(let array): return body(array.span)
    case .slice(let slice): return body(slice.span)
    case .string(let string): return body(string.utf8.span)
    }
}
