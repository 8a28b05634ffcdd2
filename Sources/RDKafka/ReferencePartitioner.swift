// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

extension TopicHandle {
    /// Where librdkafka's own partitioner of that name puts a key: for tests, which hold ours against it.
    ///
    /// - Returns: The partition, another one with each call where it is random; nil for an unknown name.
    package func referencePartition(_ partitioner: String, key: Span<UInt8>?, count: Int32) -> Int32? {
        typealias Function = (
            OpaquePointer?, UnsafeRawPointer?, Int, Int32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> Int32
        let function: Function
        switch partitioner {
        case "random": unsafe function = rd_kafka_msg_partitioner_random
        case "consistent": unsafe function = rd_kafka_msg_partitioner_consistent
        case "consistent_random": unsafe function = rd_kafka_msg_partitioner_consistent_random
        case "murmur2": unsafe function = rd_kafka_msg_partitioner_murmur2
        case "murmur2_random": unsafe function = rd_kafka_msg_partitioner_murmur2_random
        case "fnv1a": unsafe function = rd_kafka_msg_partitioner_fnv1a
        case "fnv1a_random": unsafe function = rd_kafka_msg_partitioner_fnv1a_random
        default: return nil
        }
        // The random ones ask the topic, which is ours and alive, for its leaders; the opaques are read by none.
        return unsafe withBytes(key) { key, keyCount in unsafe function(handle, key, keyCount, count, nil, nil) }
    }
}
