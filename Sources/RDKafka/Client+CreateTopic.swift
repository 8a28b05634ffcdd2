// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

extension Client {
    /// Why a topic was not created.
    package struct TopicError: Error {
        package let code: ResponseCode
        /// In the words of the broker, or of librdkafka.
        package let reason: String
    }

    /// How often it is looked whether somebody still waits, in ms.
    private static var slice: Int32 { 50 }

    /// Asks the controller to create a topic. Blocks until it has answered, for up to `timeout` ms, or until nobody waits.
    ///
    /// - Parameters:
    ///   - partitions: -1 for as many as the brokers' own rules say.
    ///   - replicas: How many brokers keep each partition; -1 likewise.
    package func createTopic(
        _ name: String,
        partitions: Int32,
        replicas: Int32,
        timeout: Int32,
        isWanted: () -> Bool
    ) throws(TopicError) {
        var topic = try unsafe newTopic(name, partitions, replicas)
        // All four are ours: librdkafka copies what it needs, and its answer goes with the event.
        defer { unsafe rd_kafka_NewTopic_destroy(topic) }
        guard let options = unsafe rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS),
            let answers = unsafe rd_kafka_queue_new(handle)
        else { throw TopicError(code: .noThread, reason: "no memory") }
        defer {
            unsafe rd_kafka_AdminOptions_destroy(options)
            unsafe rd_kafka_queue_destroy(answers)
        }
        unsafe rd_kafka_AdminOptions_set_request_timeout(options, timeout, nil, 0)
        unsafe rd_kafka_CreateTopics(handle, &topic, 1, options, answers)
        // librdkafka itself answers by then.
        let end = MonotonicClock.now + Int64(timeout) * 1_000_000 + 1_000_000_000
        while isWanted(), MonotonicClock.now < end {
            guard let event = unsafe rd_kafka_queue_poll(answers, Self.slice) else { continue }
            defer { unsafe rd_kafka_event_destroy(event) }
            return try unsafe check(event)
        }
        throw TopicError(code: .timedOut, reason: ResponseCode.timedOut.text)
    }

    @unsafe private func newTopic(
        _ name: String,
        _ partitions: Int32,
        _ replicas: Int32
    ) throws(TopicError) -> OpaquePointer? {
        var reason = ""
        let topic = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text -> OpaquePointer? in
            unsafe text.initialize(repeating: 0)
            let topic = unsafe rd_kafka_NewTopic_new(name, partitions, replicas, text.baseAddress, text.count)
            unsafe reason = cString(text)
            return unsafe topic
        }
        if unsafe topic == nil { throw TopicError(code: .invalidArgument, reason: reason) }
        return unsafe topic
    }

    @unsafe private func check(_ event: OpaquePointer) throws(TopicError) {
        let code = unsafe ResponseCode(rd_kafka_event_error(event))
        if code.isError {
            let reason = unsafe rd_kafka_event_error_string(event).map { unsafe String(cString: $0) }
            throw TopicError(code: code, reason: reason ?? code.text)
        }
        var count = 0
        guard let result = unsafe rd_kafka_event_CreateTopics_result(event),
            let topics = unsafe rd_kafka_CreateTopics_result_topics(result, &count), count > 0
        else { return }
        let failure = unsafe ResponseCode(rd_kafka_topic_result_error(topics[0]))
        guard failure.isError else { return }
        let reason = unsafe rd_kafka_topic_result_error_string(topics[0]).map { unsafe String(cString: $0) }
        throw TopicError(code: failure, reason: reason ?? failure.text)
    }
}
