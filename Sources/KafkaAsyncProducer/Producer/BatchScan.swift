// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// One pass over a delivered batch: what has to be known before the lock is taken.
struct BatchScan {
    /// Messages per epoch; one entry unless a flush came between them.
    private(set) var epochs: [(epoch: UInt8, count: Int)] = []
    /// The slots by position.
    private(set) var slots: [(index: Int, key: SlotTable.Key)] = []
    /// The budget's bytes for the whole batch; those of headers are in the slots.
    var size = 0
    /// The positions that go to the stream; nil when all do.
    private(set) var selection: [Int]?
    private var awaited: [(index: Int, size: Int)] = []

    init(_ batch: DeliveryBatch) {
        size = batch.count * Budget.overhead + batch.payloadSize
        if let uniform = batch.uniformOpaque {
            // Plain messages of one epoch, as nearly always: nothing to look at one by one.
            let opaque = Opaque(rawValue: uniform)
            if opaque.slot == nil {
                epochs = [(opaque.epoch, batch.count)]
                return
            }
        }
        for index in 0..<batch.count { add(Opaque(rawValue: batch.opaque(at: index)), index, batch) }
        if !awaited.isEmpty {
            let excluded = Set(awaited.map(\.index))
            selection = (0..<batch.count).filter { !excluded.contains($0) }
        }
    }

    private mutating func add(_ opaque: Opaque, _ index: Int, _ batch: DeliveryBatch) {
        if let last = epochs.indices.last, epochs[last].epoch == opaque.epoch {
            epochs[last].count += 1
        } else {
            epochs.append((opaque.epoch, 1))
        }
        guard let slot = opaque.slot else { return }
        slots.append((index, slot))
        if opaque.isAwaited { awaited.append((index, batch.payloadSize(at: index) + Budget.overhead)) }
    }

    /// The awaited messages: their number and size, and who still waits for them.
    func settleAwaited(
        _ contents: [Int: SlotTable.Content]
    ) -> (count: Int, size: Int, continuations: [(Int, DeliveryContinuation)]) {
        var size = 0
        var continuations: [(Int, DeliveryContinuation)] = []
        for (index, own) in awaited {
            size += own + (contents[index]?.headerBytes ?? 0)
            if let awaiter = contents[index]?.awaiter { continuations.append((index, awaiter)) }
        }
        return (awaited.count, size, continuations)
    }
}
