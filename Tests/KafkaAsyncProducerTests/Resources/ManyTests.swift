// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

/// Many producers in one process, one after the other and at once.
@Suite(.timeLimit(.minutes(10))) struct ManyTests {
    /// 500 times, or as often as the environment's `OPENINGS` says; most of a life is waiting, so that four are lived at once.
    @Test(.needsProc) func openingAndClosingManyTimesLeavesNothingBehind() async {
        await #expect(processExitsWith: .success) {
            try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                func openSendClose(times: Int) async {
                    await atOnce(0..<times, width: 4) { _ in
                        let producer = try await makeProducer(cluster)
                        try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
                        let report = try await producer.close()
                        expectOrExit(report.statistics.succeeded == 1, "\(report.statistics)")
                    }
                }
                // The allocator keeps what the first ones freed; from then on there is nothing to add.
                await openSendClose(times: 200)
                // A thread that destroys a client ends when it has joined those of librdkafka's. What the mock cluster
                // itself needs stays.
                try await eventually("the first are destroyed") { try threads(named: ours) == 0 }
                let others = try threads(named: ["rdk:"])
                let descriptors = try entries(of: "fd").count
                let memory = try residentBytes()
                let times = ProcessInfo.processInfo.environment["OPENINGS"].flatMap { Int($0) } ?? 500
                await openSendClose(times: times)
                try await eventually("the library's threads are gone") { try threads(named: ours) == 0 }
                try await eventually("librdkafka's threads are back") { try threads(named: ["rdk:"]) <= others }
                // The client inside the mock cluster opens a few of its own when it likes; a leak would be hundreds.
                try await eventually("descriptors are back") { try entries(of: "fd").count <= descriptors + 10 }
                // The records in the mock's log, and nothing of the producers.
                let growth = try residentBytes() - memory
                expectOrExit(isSanitized || growth < (4 << 20) + times * 4_096, "\(growth) bytes more")
            }
        }
    }

    @Test func aHundredAtOnceDeliverAll() async {
        await #expect(processExitsWith: .success) {
            try await withMockCluster(brokers: 3, topics: ["t": 6]) { cluster in
                // What the mock cluster itself needs, it has after its first producer and reader.
                let first = try await makeProducer(cluster)
                _ = try await first.deliver(ProducerMessage(topic: "t", key: "first", value: "first"))
                try await first.close()
                _ = try await cluster.records(in: "t")
                try await eventually("the first is destroyed") { try threads(named: ours) == 0 }
                let (others, descriptors) = (try threads(named: ["rdk:"]), try entries(of: "fd").count)
                let (count, each) = (100, 200)
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<count {
                        group.addTask {
                            let producer = try await makeProducer(cluster)
                            for message in 0..<each {
                                try await producer.input.send(
                                    ProducerMessage(topic: "t", key: "\(number)", value: "\(number)-\(message)")
                                )
                            }
                            return try await producer.close().statistics.succeeded
                        }
                    }
                    for try await succeeded in group { expectOrExit(succeeded == each, "\(succeeded) of \(each)") }
                }
                let values = try await cluster.records(in: "t").compactMap(\.valueText).filter { $0 != "first" }
                expectOrExit(values.count == count * each && Set(values).count == values.count, "\(values.count)")
                try await eventually("the library's threads are gone") { try threads(named: ours) == 0 }
                try await eventually("librdkafka's threads are back") { try threads(named: ["rdk:"]) <= others }
                try await eventually("descriptors are back") { try entries(of: "fd").count <= descriptors + 10 }
            }
        }
    }
}

private let ours = ["kafka-init", "kafka-driver", "kafka-metadata", "kafka-destroy"]
