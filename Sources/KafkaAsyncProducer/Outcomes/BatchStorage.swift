// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// The delivered messages of one report event, shared by the elements that refer to them.
@usableFromInline
final class BatchStorage: Sendable {
    let delivery: DeliveryBatch
    /// The positions that are elements of the stream; nil when all are. Awaited messages are not.
    let selection: [Int]?
    /// What came back with the messages that had something, by position in `delivery`.
    let slots: [Int: SlotTable.Content]

    init(delivery: DeliveryBatch, selection: [Int]?, slots: [Int: SlotTable.Content]) {
        self.delivery = delivery
        self.selection = selection
        self.slots = slots
    }

    var count: Int { selection?.count ?? delivery.count }

    @usableFromInline
    func message(at position: Int) -> DeliveredMessage {
        DeliveredMessage(storage: self, index: selection.map { $0[position] } ?? position)
    }
}
