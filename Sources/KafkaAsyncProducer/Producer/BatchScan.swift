// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A delivered batch, taken apart before it is counted.
struct BatchScan {
    /// Messages per epoch; one entry unless a flush came between them.
    private(set) var epochs: [(epoch: UInt8, count: Int)] = []
    /// The budget's bytes for the whole batch.
    private(set) var size: Int
    /// The slots by position, in order.
    private(set) var slots: [(index: Int, key: SlotTable.Key, isAwaited: Bool)] = []
    /// What the senders attached, by position, up to the last that did.
    private(set) var metadata: [(any Sendable)?] = []
    /// The positions whose outcome somebody awaits: they are no elements of the stream.
    private(set) var awaited: [Int] = []
    /// The budget's bytes for those.
    private(set) var awaitedSize = 0
    private(set) var awaiters: [(index: Int, awaiter: Awaiter)] = []

    private let batch: DeliveryBatch

    init(_ batch: DeliveryBatch) {
        self.batch = batch
        size = batch.count * Budget.overhead + batch.payloadSize
        if let epoch = Opaque.epochOfAll(union: batch.opaqueUnion, difference: batch.opaqueDifference) {
            // As nearly always: nothing to look at one by one.
            if batch.count > 0 { epochs = [(epoch, batch.count)] }
            return
        }
        for index in 0..<batch.count { add(Opaque(rawValue: batch.record(at: index).opaque), index) }
    }

    private mutating func add(_ opaque: Opaque, _ index: Int) {
        if let last = epochs.indices.last, epochs[last].epoch == opaque.epoch {
            epochs[last].count += 1
        } else {
            epochs.append((opaque.epoch, 1))
        }
        size += opaque.headerBytes
        guard let slot = opaque.slot else { return }
        if slots.isEmpty { slots.reserveCapacity(batch.count - index) }
        slots.append((index, slot, opaque.isAwaited))
        if opaque.isAwaited {
            awaited.append(index)
            awaitedSize += batch.payloadSize(at: index) + Budget.overhead
        }
    }

    /// Makes room for what is in the slots: little is then allocated under the lock.
    mutating func reserveRoomForSlots() {
        awaiters.reserveCapacity(awaited.count)
        // Slots that nobody awaits are there for metadata, but for few.
        if slots.count > awaited.count, let last = slots.last { metadata.reserveCapacity(last.index + 1) }
    }

    /// Empties some slots; under the lock, where it moves their contents and frees nothing.
    mutating func takeSlots(_ range: Range<Int>, from table: inout SlotTable) {
        for position in range {
            let slot = slots[position]
            table.take(slot.key) { content in
                size += content.headerBytes
                if slot.isAwaited { awaitedSize += content.headerBytes }
                if let awaiter = content.awaiter { awaiters.append((slot.index, awaiter)) }
                guard let attached = content.metadata else { return }
                while metadata.count < slot.index { metadata.append(nil) }
                metadata.append(attached)
            }
        }
    }

    /// The positions that go to the stream; nil when all do.
    var selection: [Int]? {
        if awaited.isEmpty { return nil }
        let excluded = Set(awaited)
        return (0..<batch.count).filter { !excluded.contains($0) }
    }
}
