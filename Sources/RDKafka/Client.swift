// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// Owns a producer `rd_kafka_t` with its main queue.
///
/// Whoever may still touch librdkafka (the event thread, a topic handle inside a produce call, an unread batch of
/// reports) holds a reference; the last one to let go starts the destroy, on a thread of its own.
@safe package final class Client: @unchecked Sendable {
    // librdkafka's handles are thread-safe and never change here: hence `@unchecked`.
    let handle: OpaquePointer
    private let queue: OpaquePointer
    /// The value of `ForkGuard.current` at creation.
    package let forkGeneration: Int

    /// Why a client could not be made.
    package struct CreationError: Error {
        package let code: ResponseCode
        package let reason: String
    }

    /// Makes the client. Blocks for as long as `rd_kafka_new` starts its threads (40 to 50 ms with TLS).
    package init(_ properties: consuming ClientProperties) throws(CreationError) {
        var properties = properties
        properties.enableEvents()
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
            // rd_kafka_new takes the configuration only when it succeeds.
            unsafe rd_kafka_conf_destroy(conf)
            throw failure ?? CreationError(code: .fatal, reason: "rd_kafka_new failed")
        }
        unsafe self.handle = handle
        unsafe self.queue = rd_kafka_queue_get_main(handle)
        // From here on log lines are events as well; those of rd_kafka_new were kept in its own queue until now.
        unsafe rd_kafka_set_log_queue(handle, nil)
        ForkGuard.register()
        self.forkGeneration = ForkGuard.current
    }

    deinit {
        // In a forked child the threads that destroy would join do not exist.
        guard forkGeneration == ForkGuard.current else { return }
        let handles = unsafe Handles(client: handle, queue: queue)
        // Without a thread to be had, blocking here is still better than leaking the client's threads.
        if !Thread.spawn(named: "kafka-destroy", { unsafe handles.destroy() }) { unsafe handles.destroy() }
    }

    /// The two handles, on their way to the thread that frees them: nobody else refers to them any more.
    @unsafe private struct Handles: @unchecked Sendable {
        let client: OpaquePointer
        let queue: OpaquePointer

        func destroy() {
            unsafe rd_kafka_queue_destroy(queue)
            unsafe rd_kafka_destroy(client)
        }
    }

    /// librdkafka's name for this instance, such as `rdkafka#producer-1`.
    package var name: String { unsafe String(cString: rd_kafka_name(handle)) }

    /// Waits for the next event and returns nil on time-out or after `yield`. Blocks.
    ///
    /// - Parameter timeout: Milliseconds; -1 waits for ever.
    package func poll(timeout: Int32) -> Event? {
        guard let event = unsafe rd_kafka_queue_poll(queue, timeout) else { return nil }
        return unsafe Event(taking: event, from: self)
    }

    /// Makes the current or the next `poll` return.
    package func yield() { unsafe rd_kafka_queue_yield(queue) }

    /// Lifts linger while it runs; returns when librdkafka holds no message any more or after `timeout` ms. Blocks.
    package func flush(timeout: Int32) { unsafe rd_kafka_flush(handle, timeout) }

    /// Fails everything that is queued or in flight; the reports come as events.
    ///
    /// - Parameter waits: Blocks until librdkafka's threads are done with it, and drop nothing that is produced later.
    ///   They are not while one of them waits for a name server.
    package func purge(waits: Bool = false) {
        let mode = waits ? 0 : RD_KAFKA_PURGE_F_NON_BLOCKING
        unsafe rd_kafka_purge(handle, Int32(RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | mode))
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
    package func topic(_ topic: String) throws(CreationError) -> TopicHandle {
        guard let handle = unsafe rd_kafka_topic_new(handle, topic, nil) else {
            let code = ResponseCode(rd_kafka_last_error())
            throw CreationError(code: code, reason: code.text)
        }
        return unsafe TopicHandle(handle, of: self)
    }
}
