// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@testable import KafkaTestKit

@Suite struct SlowBrokerTests {
    /// Answers that came later than a tenth of a second used to be asked for again and again.
    @Test(arguments: [Duration.milliseconds(150), .milliseconds(1_050)])
    func recordsOfASlowBrokerAreRead(delay: Duration) async throws {
        try await withMockCluster(brokers: 3, topics: ["t": 12]) { cluster in
            let count = 40
            try await AsyncProducer.withProducer(.init(bootstrapServers: cluster.bootstrapServers)) { producer in
                for number in 0..<count {
                    let partition = Int32(number % 12)
                    try await producer.input.send(ProducerMessage(topic: "t", partition: partition, value: "\(number)"))
                }
            }
            try await cluster.setRoundTripTime(delay)
            let records = try await cluster.records(in: "t")
            #expect(records.compactMap(\.valueText).sorted() == (0..<count).map { "\($0)" }.sorted())
        }
    }

    @Test func aSlowBrokerDoesNotHoldUpACancellation() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.setRoundTripTime(.seconds(60))
            let reading = Task { try await cluster.records(in: "t") }
            try await Task.sleep(for: .milliseconds(200))
            let start = ContinuousClock.now
            reading.cancel()
            let error = await #expect(throws: KafkaError.self) { try await reading.value }
            #expect(error?.code == .cancelled)
            #expect(ContinuousClock.now - start < .seconds(1))
        }
    }

    @Test func aDeadlineEndsTheWaitForASlowBroker() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.setRoundTripTime(.seconds(60))
            let start = ContinuousClock.now
            let error = await #expect(throws: KafkaError.self) {
                try await cluster.records(in: "t", deadline: .milliseconds(300))
            }
            #expect(error?.code == .deadlineExceeded && error?.message.contains("metadata") == true)
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }

    /// Their mock cluster crashes the process when a client asks for a topic with an error.
    @Test(arguments: [Int32(0x0203_00ff), 0x0208_00ff])
    func anErrorThatWouldCrashIsRefused(version: Int32) {
        #expect(throws: KafkaError.self) {
            try MockCluster.validate(topicError: .topicAuthorizationFailed, version: version)
        }
        #expect(throws: Never.self) { try MockCluster.validate(topicError: .unknownTopicOrPartition, version: version) }
        for good in [Int32(0x0200_02ff), 0x020a_00ff] {
            #expect(throws: Never.self) {
                try MockCluster.validate(topicError: .topicAuthorizationFailed, version: good)
            }
        }
    }
}
