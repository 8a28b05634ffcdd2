// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// Nobody waits for what has nothing to do with him.
@Suite(.timeLimit(.minutes(1))) struct WakeUpTests {
    /// One partition's batch is under way for long, nothing else happens: a message for another goes at once.
    @Test func aSlowBrokerHoldsUpNoOther() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 2]) { cluster in
            try await cluster.moveLeader(topic: "t", partition: 0, to: 1)
            try await cluster.moveLeader(topic: "t", partition: 1, to: 2)
            let producer = try await makeProducer(cluster)
            for partition in [0, 1] as [Int32] {
                _ = try await producer.deliver(ProducerMessage(topic: "t", partition: partition, value: "known"))
            }
            try await cluster.setRoundTripTime(.seconds(5), broker: 1)
            for _ in 0..<5 {
                try await producer.input.send(ProducerMessage(topic: "t", partition: 0, value: "slow"))
                try await eventually("it is under way") { String(reflecting: producer).contains("1 under way") }
                let start = ContinuousClock.now
                _ = try await producer.deliver(ProducerMessage(topic: "t", partition: 1, value: "fast"))
                #expect(ContinuousClock.now - start < .seconds(2))
            }
            try await cluster.setRoundTripTime(.zero, broker: 1)
            try await producer.close()
            expectSettled(producer, accepted: 12)
        }
    }

    /// Once everything has its outcome nobody looks at deadlines any more: a close decides at once, and leaves the rest to a
    /// reader however slow he is.
    @Test(.needsProc) func aCloseAfterTheEndLeavesTheRestToASlowReader() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            for _ in 0..<5 { try await producer.input.send(ProducerMessage(topic: "t", partition: 7, value: "x")) }
            let (steps, step) = AsyncStream.makeStream(of: Void.self)
            let (ends, end) = AsyncStream.makeStream(of: Void.self)
            let reader = Task {
                var count = 0
                for await _ in producer.errors {
                    if count == 0 {
                        step.yield()
                        // In the body of its loop until the close is over.
                        _ = await ends.first { true }
                    }
                    count += 1
                }
                return count
            }
            _ = await steps.first { true }
            producer.asyncClose()
            try await eventually("the driver has ended") { try threads(named: ["kafka-driver"]) == 0 }
            try await producer.close(deadline: .seconds(1))
            end.yield()
            #expect(await reader.value == 5)
            expectSettled(producer, accepted: 6)
        }
    }
}
