// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

extension Client {
    /// Asks a broker for settings of topics. Blocks for up to `timeout` ms.
    ///
    /// - Returns: The values by topic and by name; a topic of which the broker tells nothing, for want of a right for example,
    ///   is not there.
    package func settings(of topics: [String], named names: Set<String>, timeout: Int32) -> [String: [String: String]] {
        guard !topics.isEmpty, let queue = unsafe rd_kafka_queue_new(handle) else { return [:] }
        // All of these are ours until they are destroyed; the call copies what it needs of them.
        defer { unsafe rd_kafka_queue_destroy(queue) }
        guard let options = unsafe rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) else {
            return [:]
        }
        defer { unsafe rd_kafka_AdminOptions_destroy(options) }
        unsafe rd_kafka_AdminOptions_set_request_timeout(options, max(1, timeout), nil, 0)
        var resources = unsafe topics.map { unsafe rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
        unsafe rd_kafka_DescribeConfigs(handle, &resources, resources.count, options, queue)
        unsafe rd_kafka_ConfigResource_destroy_array(&resources, resources.count)
        // The request ends with its own time-out, which comes as an event, too.
        guard let event = unsafe rd_kafka_queue_poll(queue, timeout &+ 1_000) else { return [:] }
        defer { unsafe rd_kafka_event_destroy(event) }
        guard unsafe rd_kafka_event_error(event).rawValue == 0,
            let result = unsafe rd_kafka_event_DescribeConfigs_result(event)
        else { return [:] }
        return unsafe read(result, names)
    }

    @unsafe private func read(_ result: OpaquePointer, _ names: Set<String>) -> [String: [String: String]] {
        var settings: [String: [String: String]] = [:]
        var count = 0
        let resources = unsafe rd_kafka_DescribeConfigs_result_resources(result, &count)
        for position in 0..<count {
            guard let resource = unsafe resources?[position],
                unsafe rd_kafka_ConfigResource_error(resource).rawValue == 0,
                let topic = unsafe rd_kafka_ConfigResource_name(resource)
            else { continue }
            var entryCount = 0
            let entries = unsafe rd_kafka_ConfigResource_configs(resource, &entryCount)
            var values: [String: String] = [:]
            for index in 0..<entryCount {
                guard let entry = unsafe entries?[index], let name = unsafe rd_kafka_ConfigEntry_name(entry),
                    let value = unsafe rd_kafka_ConfigEntry_value(entry)
                else { continue }
                let key = unsafe String(cString: name)
                if names.contains(key) { values[key] = unsafe String(cString: value) }
            }
            unsafe settings[String(cString: topic)] = values
        }
        return settings
    }
}
