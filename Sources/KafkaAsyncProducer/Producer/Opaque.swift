// SPDX-License-Identifier: Apache-2.0

/// The integer that goes through librdkafka with a message and comes back with its report. Never an object: a report
/// that was lost or came twice could not leak or crash, only miss a table entry.
struct Opaque: Equatable {
    /// Bit 0: the sender named the partition. Bit 1: has a slot. Bit 2: somebody awaits the outcome.
    /// Bits 8 to 15: epoch. Bits 16 to 31: generation of the slot. Bits 32 to 63: number of the slot.
    let rawValue: UInt64

    init(rawValue: UInt) { self.rawValue = UInt64(rawValue) }

    init(epoch: UInt8, isPartitionExplicit: Bool, slot: SlotTable.Key? = nil, isAwaited: Bool = false) {
        var value: UInt64 = isPartitionExplicit ? 1 : 0
        value |= UInt64(epoch) << 8
        if let slot {
            value |= 2 | (UInt64(slot.generation) << 16) | (UInt64(slot.index) << 32)
            if isAwaited { value |= 4 }
        }
        self.rawValue = value
    }

    var isPartitionExplicit: Bool { rawValue & 1 != 0 }
    var isAwaited: Bool { rawValue & 4 != 0 }
    var epoch: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 8) }
    /// What `rd_kafka_produce` takes.
    var cValue: UInt { UInt(truncatingIfNeeded: rawValue) }

    var slot: SlotTable.Key? {
        guard rawValue & 2 != 0 else { return nil }
        return SlotTable.Key(
            index: UInt32(truncatingIfNeeded: rawValue >> 32),
            generation: UInt16(truncatingIfNeeded: rawValue >> 16)
        )
    }
}
