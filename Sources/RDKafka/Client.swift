// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka
internal import Synchronization

/// Owns a producer `rd_kafka_t` with its main queue.
///
/// Whoever may still touch librdkafka (the driver, a topic handle, somebody who waits for metadata) holds a reference; the
/// last one to let go starts the destroy, on a thread of its own.
@safe package final class Client: @unchecked Sendable {
    // librdkafka's handles are thread-safe and never change here: hence `@unchecked`.
    let handle: OpaquePointer
    private let queue: OpaquePointer
    /// The value of `ForkGuard.current` at creation.
    package let forkGeneration: Int
    /// The produce requests that were written to connections.
    package let requests: RequestCounts
    /// The brokers it is connected to.
    package let brokers: BrokerStates
    /// What must stay as it is until librdkafka is gone: the chunks of what it never reported.
    private let keepsakes = Mutex<[any Sendable]>([])
    private let waker: Waker
    /// The topics that were asked for. Each is let go of with the client only: with the last handle of a topic librdkafka
    /// drops its messages.
    private let topics = Mutex<[String: UInt]>([:])

    /// Why a client could not be made.
    package struct CreationError: Error {
        package let code: ResponseCode
        package let reason: String
    }

    /// Makes the client. Blocks for as long as `rd_kafka_new` starts its threads (40 to 50 ms with TLS).
    ///
    /// - Parameter waker: Is woken whenever there are events after there were none.
    package init(_ properties: consuming ClientProperties, waker: Waker) throws(CreationError) {
        var properties = properties
        let (requests, brokers) = (RequestCounts(), BrokerStates())
        properties.enableEvents()
        properties.count(in: requests)
        properties.watch(in: brokers)
        let conf = unsafe properties.takeHandle()
        var failure: CreationError?
        let handle: OpaquePointer? = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { reason in
            unsafe reason.initialize(repeating: 0)
            let handle = unsafe rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.baseAddress, reason.count)
            if unsafe handle == nil {
                failure = CreationError(code: ResponseCode(rd_kafka_last_error()), reason: unsafe cString(reason))
            }
            return unsafe handle
        }
        guard let handle = unsafe handle else {
            unsafe letGo(conf)
            throw failure ?? CreationError(code: .fatal, reason: "rd_kafka_new failed")
        }
        unsafe self.handle = handle
        unsafe self.queue = rd_kafka_queue_get_main(handle)
        self.waker = waker
        (self.requests, self.brokers) = (requests, brokers)
        // From here on log lines are events as well; those of rd_kafka_new were kept in its own queue until now.
        unsafe rd_kafka_set_log_queue(handle, nil)
        // librdkafka copies the payload; an eventfd wants 8 bytes.
        var one: UInt64 = 1
        unsafe rd_kafka_queue_io_event_enable(queue, waker.writer, &one, 8)
        waker.wake()
        ForkGuard.register()
        self.forkGeneration = ForkGuard.current
    }

    deinit {
        // In a forked child the threads that destroy would join do not exist.
        guard forkGeneration == ForkGuard.current else { return }
        let remains = unsafe Remains(
            client: handle,
            queue: queue,
            topics: topics.withLock { Array($0.values) },
            requests: requests,
            brokers: brokers,
            keepsakes: keepsakes.withLock { $0 }
        )
        // The waker may go before the thread runs: it must not be written to any more.
        unsafe rd_kafka_queue_io_event_enable(queue, -1, nil, 0)
        // Without a thread to be had, blocking here is still better than leaking the client's threads.
        if !Thread.spawn(named: "kafka-destroy", { unsafe remains.destroy() }) { unsafe remains.destroy() }
    }

    /// The two handles and what they refer to, on their way to the thread that frees them: nobody else refers to them.
    @unsafe private struct Remains: @unchecked Sendable {
        let client: OpaquePointer
        let queue: OpaquePointer
        let topics: [UInt]
        let requests: RequestCounts
        let brokers: BrokerStates
        let keepsakes: [any Sendable]

        func destroy() {
            unsafe rd_kafka_queue_destroy(queue)
            for topic in unsafe topics { unsafe rd_kafka_topic_destroy(OpaquePointer(bitPattern: topic)) }
            // Afterwards no thread of librdkafka's is left, and none of the keepsakes is looked at.
            unsafe rd_kafka_destroy(client)
            unsafe withExtendedLifetime((requests, brokers, keepsakes)) {}
        }
    }

    /// Keeps an object until librdkafka is gone: it may still read a chunk that it has not reported.
    package func keep(_ object: any Sendable) { keepsakes.withLock { $0.append(object) } }

    /// librdkafka's name for this instance, such as `rdkafka#producer-1`.
    package var name: String { unsafe String(cString: rd_kafka_name(handle)) }

    /// The next event; nil when there is none. Does not wait.
    ///
    /// - Parameter keepsTimes: Whether the messages of a slot were handed over with a time of their own each.
    package func poll(keepsTimes: (UInt32) -> Bool) -> Event? {
        guard let event = unsafe rd_kafka_queue_poll(queue, 0) else { return nil }
        return unsafe Event(taking: event, keepsTimes: keepsTimes)
    }

    /// What a purge drops.
    package enum Purge {
        case queued
        case everything
    }

    /// Fails what librdkafka holds; the reports come as events. Does not wait. In a client that goes on living this can
    /// end in a fatal error (librdkafka 2.0.2, after a connection was cut).
    package func purge(_ what: Purge) {
        let inFlight = what == .everything ? RD_KAFKA_PURGE_F_INFLIGHT : 0
        unsafe rd_kafka_purge(handle, Int32(RD_KAFKA_PURGE_F_QUEUE | inFlight | RD_KAFKA_PURGE_F_NON_BLOCKING))
    }

    /// The fatal error that stopped this client, if any.
    package var fatalError: (code: ResponseCode, reason: String)? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { reason in
            unsafe reason.initialize(repeating: 0)
            let code = unsafe ResponseCode(rd_kafka_fatal_error(handle, reason.baseAddress, reason.count))
            return code == .noError ? nil : (code, unsafe cString(reason))
        }
    }

    /// Raises a fatal error as if librdkafka had met it: for tests.
    package func raiseFatalError(_ code: ResponseCode, reason: String) {
        unsafe rd_kafka_test_fatal_error(handle, code.cValue, reason)
    }

    /// A handle for `topic`, which must already be known to be a valid name. Asks for its metadata as a side effect.
    ///
    /// - Parameter properties: Those in which the topic differs from others: always the same for a topic, as librdkafka looks at
    ///   those of the first call only.
    package func topic(_ topic: String, _ properties: [String: String] = [:]) throws(CreationError) -> TopicHandle {
        // An address as a number: a pointer cannot leave the lock's closure.
        let known = topics.withLock { $0[topic] } ?? 0
        if let known = unsafe OpaquePointer(bitPattern: known) { return unsafe TopicHandle(known, of: self) }
        let conf = try unsafe topicConfiguration(properties)
        guard let made = unsafe rd_kafka_topic_new(handle, topic, conf) else {
            let code = ResponseCode(rd_kafka_last_error())
            // It is librdkafka's only when that has succeeded.
            if let conf = unsafe conf { unsafe rd_kafka_topic_conf_destroy(conf) }
            throw CreationError(code: code, reason: code.text)
        }
        let address = UInt(bitPattern: made)
        // The same one for whoever was faster, and its reference is counted there.
        let isSecond = topics.withLock { $0.updateValue(address, forKey: topic) } != nil
        if isSecond { unsafe rd_kafka_topic_destroy(made) }
        return unsafe TopicHandle(made, of: self)
    }

    /// The client's configuration of topics with some properties changed, to be given away or destroyed; nil for none.
    @unsafe private func topicConfiguration(_ properties: [String: String]) throws(CreationError) -> OpaquePointer? {
        if properties.isEmpty { return nil }
        guard let conf = unsafe rd_kafka_default_topic_conf_dup(handle) else { return nil }
        for (name, value) in properties {
            var reason = ""
            let isSet = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
                unsafe text.initialize(repeating: 0)
                let result = unsafe rd_kafka_topic_conf_set(conf, name, value, text.baseAddress, text.count)
                reason = unsafe cString(text)
                return result == RD_KAFKA_CONF_OK
            }
            if !isSet {
                unsafe rd_kafka_topic_conf_destroy(conf)
                throw CreationError(code: .invalidArgument, reason: reason)
            }
        }
        return unsafe conf
    }

    /// Asks the leader of a partition for an offset: whether it answers. Blocks for up to `timeout` ms.
    ///
    /// Not by `rd_kafka_query_watermark_offsets`, which librdkafka 2.0.2 lets wait for as long as `socket.timeout.ms`.
    package func reachesLeader(of partition: Int32, _ topic: String, timeout: Int32) -> Bool {
        // Ours until it is destroyed; the call writes to it only while it runs.
        guard let list = unsafe rd_kafka_topic_partition_list_new(1) else { return false }
        defer { unsafe rd_kafka_topic_partition_list_destroy(list) }
        guard let entry = unsafe rd_kafka_topic_partition_list_add(list, topic, partition) else { return false }
        unsafe entry.pointee.offset = 0
        guard unsafe rd_kafka_offsets_for_times(handle, list, timeout).rawValue == 0 else { return false }
        return unsafe list.pointee.elems[0].err.rawValue == 0
    }
}

/// A configuration that no client was made of is still ours. But before 2.13 a failed rd_kafka_new has freed its interceptors,
/// and so would its end: it is kept, some 3 kB, where a search for leaks finds it.
@unsafe private func letGo(_ configuration: OpaquePointer) {
    if rd_kafka_version() >= 0x020d_0000 {
        unsafe rd_kafka_conf_destroy(configuration)
    } else {
        keptConfigurations.withLock { $0.append(UInt(bitPattern: configuration)) }
    }
}

private let keptConfigurations = Mutex<[UInt]>([])
