// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A consumer group as one of its members sees it: by it the group's coordinator refuses offsets of a member that has lost
/// its partitions to another.
///
/// Any consumer can be where it comes from. Without generation and member, as for a consumer that assigns its partitions
/// itself, only the transaction protects the offsets.
public struct ConsumerGroupMetadata: Hashable, Sendable {
    /// The name of the group, `group.id`.
    public var groupID: String
    /// The generation of the group that the member is in; -1 for a consumer that is no member.
    public var generationID: Int32
    /// The id that the coordinator gave to the member; empty for a consumer that is no member.
    public var memberID: String
    /// The member's own name, `group.instance.id`, if it is a static one.
    public var groupInstanceID: String?

    /// Describes a member of a group.
    public init(
        groupID: String,
        generationID: Int32 = -1,
        memberID: String = "",
        groupInstanceID: String? = nil
    ) {
        self.groupID = groupID
        self.generationID = generationID
        self.memberID = memberID
        self.groupInstanceID = groupInstanceID
    }
}

/// Where a group goes on reading in a partition.
public struct ConsumedOffset: Hashable, Sendable {
    /// The topic.
    public var topic: String
    /// The partition.
    public var partition: Int32
    /// The offset of the next message to be read: that of the last one that was processed, and 1.
    public var offset: Int64
    /// A text that is stored with the offset.
    public var metadata: String?

    /// Describes where to go on.
    public init(topic: String, partition: Int32, offset: Int64, metadata: String? = nil) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.metadata = metadata
    }
}

extension ConsumerGroupMetadata {
    /// The same for librdkafka, or what is wrong with it.
    var validated: Client.Group {
        get throws(KafkaError) {
            func refuse(_ reason: String) -> KafkaError { KafkaError(.invalidGroup, reason) }
            if groupID.isEmpty { throw refuse("group.groupID is empty: name the consumer's group.id") }
            let texts = [
                ("groupID", groupID), ("memberID", memberID), ("groupInstanceID", groupInstanceID ?? ""),
            ]
            for (name, text) in texts where text.utf8.contains(0) {
                throw refuse("group.\(name) holds a NUL character")
            }
            if groupInstanceID?.isEmpty == true { throw refuse("group.groupInstanceID is empty: use nil for none") }
            if generationID < -1 {
                throw refuse(
                    "group.generationID is \(generationID): it is -1 for a consumer that is no member, or more"
                )
            }
            return Client.Group(id: groupID, generation: generationID, member: memberID, instance: groupInstanceID)
        }
    }
}

extension ConsumedOffset {
    /// The same for librdkafka, or what is wrong with it.
    var validated: Client.GroupOffset {
        get throws(KafkaError) {
            try Topic.validate(topic)
            let place = "\(topic)[\(partition)]"
            if partition < 0 { throw KafkaError(.invalidOffset, "there is no partition \(partition) of \"\(topic)\"") }
            if offset < 0 {
                throw KafkaError(.invalidOffset, "the offset of \(place) is \(offset): it must be 0 or more")
            }
            if metadata?.utf8.contains(0) == true {
                throw KafkaError(.invalidOffset, "the metadata of the offset of \(place) holds a NUL character")
            }
            return Client.GroupOffset(topic: topic, partition: partition, offset: offset, metadata: metadata)
        }
    }
}
