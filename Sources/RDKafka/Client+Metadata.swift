// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// What one broker answered about the cluster, copied out of librdkafka's memory.
package struct MetadataReply: Sendable {
    package struct Broker: Sendable {
        package let id: Int32
        package let host: String
        package let port: Int32
    }

    package struct Partition: Sendable {
        package let id: Int32
        package let code: ResponseCode
        /// -1 when there is none.
        package let leader: Int32
        package let replicas: [Int32]
        package let inSyncReplicas: [Int32]
    }

    package struct Topic: Sendable {
        package let name: String
        package let code: ResponseCode
        package let partitions: [Partition]
    }

    /// Who answered; -1 for an address of `bootstrap.servers` whose number is not known.
    package let sourceID: Int32
    /// As `host:port/id`.
    package let sourceName: String
    /// -1 when it is not known.
    package let controllerID: Int32
    package let clusterID: String?
    package let brokers: [Broker]
    package let topics: [Topic]
}

extension Client {
    /// Why there is no answer.
    package struct MetadataError: Error {
        package let code: ResponseCode

        package init(code: ResponseCode) { self.code = code }
    }

    /// What a broker is asked about.
    package enum MetadataScope: Sendable {
        case topic(TopicHandle)
        /// The topics that this client has a handle of, in one request.
        case knownTopics
        case allTopics
    }

    /// Asks a broker. Blocks for up to `timeout` ms.
    package func metadata(_ scope: MetadataScope, timeout: Int32) throws(MetadataError) -> MetadataReply {
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code: ResponseCode
        switch scope {
        case .topic(let topic): unsafe code = ResponseCode(rd_kafka_metadata(handle, 0, topic.handle, &answer, timeout))
        case .knownTopics: unsafe code = ResponseCode(rd_kafka_metadata(handle, 0, nil, &answer, timeout))
        case .allTopics: unsafe code = ResponseCode(rd_kafka_metadata(handle, 1, nil, &answer, timeout))
        }
        guard !code.isError, let answer = unsafe answer else { throw MetadataError(code: code) }
        // The answer is ours until it is destroyed: everything in it is copied before.
        defer { unsafe rd_kafka_metadata_destroy(answer) }
        return unsafe reply(answer.pointee)
    }

    /// Asks once more after the first answer, where that hastens the first delivery. Blocks for up to a second.
    ///
    /// Since 2.10 librdkafka lets go of the connection to an address of `bootstrap.servers` as soon as its answer tells the
    /// brokers' numbers. None of those is connected at that moment, which is the one at which an idempotent producer looks
    /// for a broker to get its number from; it looks again after 0.5 s, twice as a rule, or with the next answer.
    package func hastenProducerNumber(after reply: MetadataReply) {
        guard reply.sourceID < 0, rd_kafka_version() >= 0x020a_0000 else { return }
        // Whatever it says: the answer itself is what counts.
        _ = try? metadata(.knownTopics, timeout: 1_000)
    }

    @unsafe private func reply(_ answer: rd_kafka_metadata) -> MetadataReply {
        let brokers = unsafe UnsafeBufferPointer(start: answer.brokers, count: Int(answer.broker_cnt))
        let topics = unsafe UnsafeBufferPointer(start: answer.topics, count: Int(answer.topic_cnt))
        return unsafe MetadataReply(
            sourceID: answer.orig_broker_id,
            sourceName: string(answer.orig_broker_name),
            // With a time-out of 0 both say what this or an earlier answer has left behind.
            controllerID: rd_kafka_controllerid(handle, 0),
            clusterID: clusterID,
            brokers: brokers.map {
                unsafe MetadataReply.Broker(id: $0.id, host: string($0.host), port: Int32($0.port))
            },
            topics: topics.map { unsafe copy($0) }
        )
    }

    private var clusterID: String? {
        guard let text = unsafe rd_kafka_clusterid(handle, 0) else { return nil }
        defer { unsafe rd_kafka_mem_free(handle, text) }
        return unsafe String(cString: text)
    }
}

@unsafe private func copy(_ topic: rd_kafka_metadata_topic) -> MetadataReply.Topic {
    let partitions = unsafe UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
    return unsafe MetadataReply.Topic(
        name: string(topic.topic),
        code: ResponseCode(topic.err),
        partitions: partitions.map { partition in
            unsafe MetadataReply.Partition(
                id: partition.id,
                code: ResponseCode(partition.err),
                leader: partition.leader,
                replicas: Array(UnsafeBufferPointer(start: partition.replicas, count: Int(partition.replica_cnt))),
                inSyncReplicas: Array(UnsafeBufferPointer(start: partition.isrs, count: Int(partition.isr_cnt)))
            )
        }
    )
}

@unsafe private func string(_ text: UnsafePointer<CChar>?) -> String {
    guard let text = unsafe text else { return "" }
    return unsafe String(cString: text)
}
