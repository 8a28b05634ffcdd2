// SPDX-License-Identifier: Apache-2.0

/// The integer that goes through librdkafka with a message and comes back with its report. Never an object: a report
/// that was lost or came twice could not leak or crash, only miss a table entry.
///
/// Bit 0: the sender named the partition. Bit 1: has a slot. Bit 2: somebody awaits the outcome. Bit 3: has headers.
/// Bit 4: has a time of its own. Bit 5: has a tag. Bits 8 to 15: epoch. The upper 48 bits hold what fits there, so that
/// few messages need a slot: the key of the slot, the bytes of the headers, the time, or the tag.
struct Opaque: Equatable {
    /// What comes back with a message besides its epoch.
    enum Extra: Equatable {
        case none
        case headers(bytes: Int)
        case timestamp(milliseconds: Int64)
        /// Below 2^48.
        case tag(UInt64)
        case slot(SlotTable.Key, isAwaited: Bool)
    }

    /// What the upper bits can hold.
    static let extraLimit: UInt64 = 1 << 48

    let rawValue: UInt64

    init(rawValue: UInt) { self.rawValue = UInt64(rawValue) }

    init(epoch: UInt8, isPartitionExplicit: Bool, _ extra: Extra = .none) {
        var value: UInt64 = isPartitionExplicit ? 1 : 0
        value |= UInt64(epoch) << 8
        switch extra {
        case .none: break
        case .headers(let bytes): value |= 8 | UInt64(clamping: bytes) << 16
        case .timestamp(let milliseconds): value |= 16 | UInt64(clamping: milliseconds) << 16
        case .tag(let tag): value |= 32 | tag << 16
        case .slot(let key, let isAwaited):
            value |= (isAwaited ? 6 : 2) | (UInt64(key.generation) << 16) | (UInt64(key.index) << 32)
        }
        rawValue = value
    }

    /// What can come back without a slot; nil when a slot is needed.
    static func extraWithoutSlot(for message: ProducerMessage) -> Extra? {
        if message.hasMetadata { return nil }
        switch (message.headers.isEmpty, message.timestamp?.millisecondsSinceEpoch) {
        case (true, nil): return Extra.none
        case (false, nil):
            let bytes = MessageSize.of(message.headers)
            return UInt64(clamping: bytes) < extraLimit ? .headers(bytes: bytes) : nil
        case (true, let milliseconds?):
            return UInt64(clamping: milliseconds) < extraLimit ? .timestamp(milliseconds: milliseconds) : nil
        case (false, _?): return nil
        }
    }

    /// The epoch of all messages of a batch that was delivered, if it is one and nothing else has to be looked at: none
    /// has a slot or headers.
    ///
    /// - Parameters:
    ///   - union: The bits that are set in any of their numbers.
    ///   - difference: The bits that are not the same in all.
    static func epochOfAll(union: UInt, difference: UInt) -> UInt8? {
        let (slotOrHeaders, epochs): (UInt, UInt) = (0b1010, 0xff00)
        guard union & slotOrHeaders == 0, difference & epochs == 0 else { return nil }
        return Opaque(rawValue: union).epoch
    }

    var isPartitionExplicit: Bool { rawValue & 1 != 0 }
    var isAwaited: Bool { rawValue & 4 != 0 }
    var epoch: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 8) }
    /// The bytes of the headers; 0 when there are none or when a slot says it.
    var headerBytes: Int { rawValue & 8 != 0 ? Int(rawValue >> 16) : 0 }
    /// What `rd_kafka_produce` takes.
    var cValue: UInt { UInt(truncatingIfNeeded: rawValue) }

    var timestamp: Timestamp? {
        rawValue & 16 != 0 ? Timestamp(millisecondsSinceEpoch: Int64(rawValue >> 16)) : nil
    }

    /// The sender's number.
    var tag: UInt64? { rawValue & 32 != 0 ? rawValue >> 16 : nil }

    var slot: SlotTable.Key? {
        guard rawValue & 2 != 0 else { return nil }
        return SlotTable.Key(
            index: UInt32(truncatingIfNeeded: rawValue >> 32),
            generation: UInt16(truncatingIfNeeded: rawValue >> 16)
        )
    }
}
