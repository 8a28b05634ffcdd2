// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// The topics a producer has written to. Their handles live as long as the client: librdkafka never forgets a topic.
struct TopicTable {
    private let producer: UInt32
    private var handles: [TopicHandle] = []
    private var indexes: [Topic: Int] = [:]
    /// Most programs send many messages to one topic in turn: that saves hashing the name.
    private var last = Topic("")
    /// Out of range until there is one: the name of none is also what somebody may send to by mistake.
    private var lastIndex = Int.max

    init(producer: UInt32) { self.producer = producer }

    var count: Int { handles.count }

    mutating func find(_ topic: Topic) -> TopicHandle? {
        if topic.producer == producer, topic.index < handles.count { return handles[Int(topic.index)] }
        if last == topic, lastIndex < handles.count { return handles[lastIndex] }
        guard let index = indexes[topic] else { return nil }
        last = topic
        lastIndex = index
        return handles[index]
    }

    /// Adds a handle, unless another task was faster, and returns the public one.
    mutating func insert(_ handle: TopicHandle, name: String) -> Topic {
        if let known = resolve(name) { return known }
        indexes[Topic(name)] = handles.count
        handles.append(handle)
        return Topic(name, index: UInt32(handles.count - 1), producer: producer)
    }

    func resolve(_ name: String) -> Topic? {
        indexes[Topic(name)].map { Topic(name, index: UInt32($0), producer: producer) }
    }

    /// Lets go of all handles; returns them, to be released outside the lock.
    mutating func removeAll() -> [TopicHandle] {
        defer { self = TopicTable(producer: producer) }
        return handles
    }
}
