// SPDX-License-Identifier: Apache-2.0

/// What must come back with a message, C cannot carry and does not fit its opaque number.
struct SlotTable {
    struct Key: Equatable {
        let index: UInt32
        let generation: UInt16
    }

    /// Kept small: with a full budget there are 100,000 of them.
    struct Content {
        var metadata: (any Sendable)?
        /// The task that awaits the outcome.
        var awaiter: Awaiter?
        /// In milliseconds; 0 is none. librdkafka does not give the time of a failed message back.
        var timestamp: Int64 = 0
        /// A report does not tell them without parsing the headers.
        var headerBytes = 0
    }

    /// A flag and not an optional content: whose tag would be looked up at run time, for every message.
    private struct Slot {
        var generation: UInt16 = 0
        var isTaken: Bool
        var content: Content
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    var isEmpty: Bool { free.count == slots.count }

    mutating func insert(_ content: consuming Content) -> Key {
        if let index = free.popLast() {
            slots[Int(index)].content = content
            slots[Int(index)].isTaken = true
            return Key(index: index, generation: slots[Int(index)].generation)
        }
        slots.append(Slot(isTaken: true, content: content))
        return Key(index: UInt32(slots.count - 1), generation: 0)
    }

    /// Empties the slot and makes its key invalid; nil when that was done before.
    mutating func take(_ key: Key) -> Content? {
        var result: Content?
        take(key) { result = $0 }
        return result
    }

    /// Empties the slot, makes its key invalid and hands over what was in it, unless that was done before.
    @inline(__always)
    mutating func take(_ key: Key, _ body: (consuming Content) -> Void) {
        guard let index = find(key) else { return }
        var content = Content()
        swap(&content, &slots[index].content)
        slots[index].isTaken = false
        slots[index].generation &+= 1
        free.append(key.index)
        body(content)
    }

    private func find(_ key: Key) -> Int? {
        let index = Int(key.index)
        guard index < slots.count, slots[index].isTaken, slots[index].generation == key.generation else { return nil }
        return index
    }

    /// Takes the awaiter out and leaves the rest, for a caller that waits no longer.
    mutating func takeAwaiter(_ key: Key) -> Awaiter? {
        guard let index = find(key) else { return nil }
        defer { slots[index].content.awaiter = nil }
        return slots[index].content.awaiter
    }

    /// Leaves the awaiter in the slot.
    mutating func setAwaiter(_ awaiter: Awaiter, _ key: Key) {
        guard let index = find(key) else { return }
        slots[index].content.awaiter = awaiter
    }
}

extension SlotTable.Content {
    /// The time the sender gave, if any.
    var sentTimestamp: Timestamp? { timestamp == 0 ? nil : Timestamp(millisecondsSinceEpoch: timestamp) }

    init(of message: ProducerMessage) {
        self.init(
            metadata: message.metadata,
            timestamp: message.timestamp?.millisecondsSinceEpoch ?? 0,
            headerBytes: MessageSize.of(message.headers)
        )
    }
}
