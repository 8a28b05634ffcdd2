// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension ClusterMetadata {
    init(_ reply: MetadataReply) {
        self.init(
            clusterID: reply.clusterID,
            controllerID: Self.broker(reply.controllerID),
            sourceID: Self.broker(reply.sourceID),
            sourceName: reply.sourceName,
            brokers: reply.brokers.map { Broker(id: $0.id, host: $0.host, port: $0.port) }.sorted { $0.id < $1.id },
            topics: reply.topics.map { Topic($0) }.sorted { $0.name < $1.name }
        )
    }

    /// librdkafka's -1 is nobody.
    fileprivate static func broker(_ id: Int32) -> Int32? { id < 0 ? nil : id }
}

extension ClusterMetadata.Topic {
    fileprivate init(_ reply: MetadataReply.Topic) {
        self.init(
            name: reply.name,
            error: reply.code.isError ? KafkaError(reply.code) : nil,
            partitions: reply.partitions.map { ClusterMetadata.Partition($0) }.sorted { $0.id < $1.id }
        )
    }
}

extension ClusterMetadata.Partition {
    fileprivate init(_ reply: MetadataReply.Partition) {
        self.init(
            id: reply.id,
            error: reply.code.isError ? KafkaError(reply.code) : nil,
            leader: ClusterMetadata.broker(reply.leader),
            replicas: reply.replicas,
            inSyncReplicas: reply.inSyncReplicas
        )
    }
}
