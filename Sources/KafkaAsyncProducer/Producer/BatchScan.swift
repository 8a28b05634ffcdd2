// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A delivered batch, taken apart before it is counted.
struct BatchScan {
    /// Messages per epoch; one entry unless a flush came between them.
    private(set) var epochs: [(epoch: UInt8, count: Int)] = []
    /// The budget's bytes for the whole batch; those of headers come with the slots.
    private(set) var size: Int
    /// The slots by position, in order.
    private(set) var slots: [(index: Int, key: SlotTable.Key)] = []
    /// What the senders attached, by position; empty when nobody did.
    private(set) var metadata: [(any Sendable)?] = []
    /// The positions whose outcome somebody awaits: they are no elements of the stream.
    private(set) var awaited: [Int] = []
    /// The budget's bytes for those.
    private(set) var awaitedSize = 0
    private(set) var awaiters: [(index: Int, continuation: DeliveryContinuation)] = []

    private let batch: DeliveryBatch

    init(_ batch: DeliveryBatch) {
        self.batch = batch
        size = batch.count * Budget.overhead + batch.payloadSize
        if let uniform = batch.uniformOpaque {
            // Plain messages of one epoch, as nearly always: nothing to look at one by one.
            let opaque = Opaque(rawValue: uniform)
            if opaque.slot == nil {
                epochs = [(opaque.epoch, batch.count)]
                return
            }
        }
        slots.reserveCapacity(batch.count)
        for index in 0..<batch.count { add(Opaque(rawValue: batch.opaque(at: index)), index) }
    }

    private mutating func add(_ opaque: Opaque, _ index: Int) {
        if let last = epochs.indices.last, epochs[last].epoch == opaque.epoch {
            epochs[last].count += 1
        } else {
            epochs.append((opaque.epoch, 1))
        }
        guard let slot = opaque.slot else { return }
        slots.append((index, slot))
        if opaque.isAwaited {
            awaited.append(index)
            awaitedSize += batch.payloadSize(at: index) + Budget.overhead
        }
    }

    /// Empties the slots of this batch; under the lock.
    mutating func takeSlots(from table: inout SlotTable) {
        var nextAwaited = 0
        for (index, key) in slots {
            let isAwaited = nextAwaited < awaited.count && awaited[nextAwaited] == index
            if isAwaited { nextAwaited += 1 }
            guard let content = table.take(key) else { continue }
            size += content.headerBytes
            if isAwaited { awaitedSize += content.headerBytes }
            if let awaiter = content.awaiter { awaiters.append((index, awaiter)) }
            guard content.metadata != nil else { continue }
            if metadata.isEmpty { metadata = [(any Sendable)?](repeating: nil, count: batch.count) }
            metadata[index] = content.metadata
        }
    }

    /// The positions that go to the stream; nil when all do.
    var selection: [Int]? {
        if awaited.isEmpty { return nil }
        let excluded = Set(awaited)
        return (0..<batch.count).filter { !excluded.contains($0) }
    }
}
