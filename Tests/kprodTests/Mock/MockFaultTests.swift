// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import kprod

@Suite struct MockFaultTests {
    @Test(arguments: [
        ("rtt", "20ms", MockFault.Action.roundTripTime(.milliseconds(20), broker: nil)),
        ("rtt", "0/2", .roundTripTime(.zero, broker: 2)),
        ("fail", "Produce:NOT_ENOUGH_REPLICAS*5", .fail(.produce, .notEnoughReplicas, count: 5, broker: nil)),
        ("fail", "produce:message_too_large/3", .fail(.produce, .messageTooLarge, count: 1, broker: 3)),
        ("fail", "22:disconnect", .fail(.initProducerId, .transport, count: 1, broker: nil)),
        ("fail", "Produce:87", .fail(.produce, .invalidRecord, count: 1, broker: nil)),
        ("delay", "Produce:2s/1", .delay(.produce, .seconds(2), broker: 1)),
        ("down", "all", .down(nil)),
        ("up", "2", .up(2)),
        ("leader", "a.b:3=2", .leader(topic: "a.b", partition: 3, broker: 2)),
        ("leader", "t:0=none", .leader(topic: "t", partition: 0, broker: nil)),
        ("topic", "orders:6", .createTopic("orders", partitions: 6)),
        ("topic-error", "t:TOPIC_AUTHORIZATION_FAILED", .topicError("t", .topicAuthorizationFailed)),
        ("topic-error", "t:none", .topicError("t", nil)),
        ("clear", "", .clear),
    ])
    func aWordIsUnderstood(word: String, value: String, action: MockFault.Action) throws {
        let fault = try MockFault(word, value)
        #expect(fault.action == action)
        #expect(fault.delay == .zero)
        let later = value.isEmpty ? nil : try MockFault(word, "\(value)@10s")
        #expect(later?.delay ?? .seconds(10) == .seconds(10))
        #expect(later?.action ?? action == action)
    }

    @Test(arguments: [
        ("rtt", "20"), ("fail", "Produce"), ("fail", "Produce:NO_SUCH"), ("fail", "Metadatas:87"),
        ("fail", "Produce:87*0"),
        ("down", ""), ("down", "0"), ("down", "2@soon"), ("leader", "t=1"), ("leader", "t:-1=1"), ("topic", ":3"),
        ("clear", "all"), ("explode", "now"), ("", ""), ("fail", ":"), ("leader", "="),
    ])
    func nonsenseIsRefused(word: String, value: String) {
        #expect(throws: OptionValue.Invalid.self) { try MockFault(word, value) }
    }

    @Test func aMistypedErrorHasASuggestion() throws {
        let error = #expect(throws: OptionValue.Invalid.self) { try MockFault("fail", "Produce:NOT_ENOUGH_REPLICA") }
        #expect(error?.reason.contains("did you mean NOT_ENOUGH_REPLICAS?") == true)
    }
}
