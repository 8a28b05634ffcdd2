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
        var epoch: UInt8 = 0
        var count = 0
        size = batch.count * Budget.overhead
        for index in 0..<batch.count {
            let payloadSize = batch.payloadSize(at: index)
            size += payloadSize
            let opaque = Opaque(rawValue: batch.opaque(at: index))
            if opaque.epoch != epoch, count > 0 {
                epochs.append((epoch, count))
                count = 0
            }
            epoch = opaque.epoch
            count += 1
            if let slot = opaque.slot {
                slots.append((index, slot))
                if opaque.isAwaited { awaited.append((index, payloadSize + Budget.overhead)) }
            }
        }
        if count > 0 { epochs.append((epoch, count)) }
        if !awaited.isEmpty {
            let excluded = Set(awaited.map(\.index))
            selection = (0..<batch.count).filter { !excluded.contains($0) }
        }
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
