// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// Messages that run out of their time inside of librdkafka, again and again: whatever it takes to be rid of them, nothing
/// of it stays.
@Suite(.timeLimit(.minutes(2)), .needsProc)
struct RetirementTests {
    @Test func whatRanOutOfItsTimeLeavesNothingBehind() async {
        await #expect(processExitsWith: .success) {
            try await withMockCluster(brokers: 2, topics: ["t": 4]) { cluster in
                let producer = try await makeProducer(cluster) { $0.delivery.timeout = .seconds(2) }
                var attempts = 0
                func deliverAll() async throws {
                    for partition in 0..<Int32(4) {
                        try await eventually("partition \(partition) is back") {
                            attempts += 1
                            let message = ProducerMessage(topic: "t", partition: partition, value: "x")
                            // On a busy machine its time may be over before its broker is back.
                            do throws(ProducerError) {
                                _ = try await producer.deliver(message)
                                return true
                            } catch {
                                guard error.error.code == .messageTimedOut else { throw error }
                                return false
                            }
                        }
                    }
                }
                try await deliverAll()
                // After the first time: one client may wait to take over.
                var before = (threads: 0, descriptors: 0)
                for round in 1...4 {
                    // No answer comes in time; the brokers have stored it.
                    try await cluster.setRoundTripTime(.seconds(30))
                    let failed = producer.statistics.failed
                    for partition in 0..<Int32(4) {
                        try await producer.input.send(ProducerMessage(topic: "t", partition: partition, value: "x"))
                    }
                    try await eventually("their time is over") { producer.statistics.failed == failed + 4 }
                    try await cluster.setRoundTripTime(.zero)
                    // What connections wait for is over with them.
                    try await cluster.brokerDown()
                    try await cluster.brokerUp()
                    try await deliverAll()
                    guard round == 1 else { continue }
                    try await eventually("what gave way is gone") { try threads(named: ["kafka-destroy"]) == 0 }
                    before = (try threads(named: ["rdk:", "kafka-"]), try entries(of: "fd").count)
                }
                // Two clients' worth at most would hide in the first figure: three more times would not.
                try await eventually("the threads are as many as before") {
                    try threads(named: ["rdk:", "kafka-"]) <= before.threads + 4
                }
                // Brokers that came back have connections of their own.
                try await eventually("the descriptors are as many as before") {
                    try entries(of: "fd").count <= before.descriptors + 8
                }
                let failures = try await undelivered(by: producer, deadline: .seconds(10)).errors
                #expect(failures.count == 16)
                #expect(failures.allSatisfy { $0.persistence == .possiblyPersisted })
                expectSettled(producer, accepted: attempts + 16)
            }
        }
    }
}
