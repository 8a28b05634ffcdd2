// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

struct Order: Sendable, Hashable {
    let number: Int
    let customer: String
    let item: String
}

/// The code that the tests of this package are about: it takes orders and tells the customer what became of them.
///
/// It gets what it sends to, and does not make it: the program hands it a producer's `input`, a test that of a producer at a
/// mock cluster, or a recorder.
struct OrderDesk<Input: ProducerInput>: Sendable {
    let input: Input
    var topic: Topic = "orders"

    func place(_ order: Order) async -> Reply {
        do throws(ProducerError) {
            _ = try await input.deliver(message(for: order))
            return .placed
        } catch {
            return Reply(to: error)
        }
    }

    /// What is written for an order: the customer is the key, so that his orders stay in order.
    func message(for order: Order) -> ProducerMessage {
        ProducerMessage(
            topic: topic,
            key: order.customer,
            value: "\(order.number),\(order.item)",
            headers: [RecordHeader("version", "1")]
        )
    }
}
