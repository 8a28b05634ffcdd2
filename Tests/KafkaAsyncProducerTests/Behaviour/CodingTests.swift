// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct CodingTests {
    @Test func anAccountGoesThroughJSONAndComesBack() async throws {
        try await withMockCluster(brokers: 1, topics: ["coding": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(ProducerMessage(topic: "coding", value: "1"))
            try await cluster.failNext(.produce, with: .policyViolation)
            _ = try? await producer.deliver(ProducerMessage(topic: "coding", value: "2"))
            _ = try? await producer.deliver(ProducerMessage(topic: "coding", partition: 7, value: "3"))
            let statistics = try await producer.close().statistics
            let json = try JSONEncoder().encode(statistics)
            #expect(try JSONDecoder().decode(Statistics.self, from: json) == statistics)
            let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
            #expect(object["failedByCause"] as? [String: Int] == ["POLICY_VIOLATION": 1, "_UNKNOWN_PARTITION": 1])
            #expect(object["accepted"] as? Int == 3)
        }
    }

    @Test(arguments: [
        KafkaError.Code.messageTimedOut, .messageTooLarge, .unconfirmed, .closed, .invalidRecord,
        .init(rawValue: 12_345),
    ])
    func aCodeIsItsNameOrItsNumber(_ code: KafkaError.Code) throws {
        let json = try JSONEncoder().encode([code])
        #expect(try JSONDecoder().decode([KafkaError.Code].self, from: json) == [code])
        let text = String(decoding: json, as: UTF8.self)
        #expect(text == (code.rawValue == 12_345 ? #"["12345"]"# : #"["\#(code.name)"]"#))
        #expect(KafkaError.Code(name: code.name) == code || code.rawValue == 12_345)
    }

    @Test func aNameThatNobodyHasIsRefused() {
        #expect(KafkaError.Code(name: "NO_SUCH_THING") == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([KafkaError.Code].self, from: Data(#"["NO_SUCH_THING"]"#.utf8))
        }
    }

    @Test func nowIsNow() {
        let before = Date()
        let now = Timestamp.now
        let after = Date()
        #expect(now.millisecondsSinceEpoch >= Int64(before.timeIntervalSince1970 * 1_000))
        #expect(now.millisecondsSinceEpoch <= Int64(after.timeIntervalSince1970 * 1_000) + 1)
    }
}
