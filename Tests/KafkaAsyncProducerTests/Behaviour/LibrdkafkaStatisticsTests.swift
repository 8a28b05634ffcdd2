// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct LibrdkafkaStatisticsTests {
    private struct Report: Decodable {
        let name: String
        let txmsgs, txmsg_bytes: Int
    }

    @Test func tellWhatWasSent() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            let (reports, post) = AsyncStream.makeStream(of: String.self)
            var configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
            configuration.librdkafkaStatistics = .init(interval: .milliseconds(20)) { post.yield($0) }
            let producer = try await AsyncProducer(configuration)
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "12345"))
            for await json in reports {
                let report = try JSONDecoder().decode(Report.self, from: Data(json.utf8))
                #expect(report.name == producer.name)
                guard report.txmsgs > 0 else { continue }
                #expect(report.txmsgs == 1)
                #expect(report.txmsg_bytes == 5)
                break
            }
            try await producer.close()
        }
    }

    /// A handler that never returns holds up nobody, and a later report takes the place of one that waits.
    @Test func aSlowHandlerHoldsUpNobody() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            let (calls, post) = AsyncStream.makeStream(of: Void.self)
            let gate = DispatchSemaphore(value: 0)
            var configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
            configuration.librdkafkaStatistics = .init(interval: .milliseconds(10)) { _ in
                post.yield()
                gate.wait()
            }
            let producer = try await AsyncProducer(configuration)
            for await _ in calls { break }
            let delivery = try await producer.deliver(ProducerMessage(topic: "t", value: "v"))
            #expect(delivery.offset == 0)
            try await producer.close()
            gate.signal()
            gate.signal()
        }
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(86_401), .seconds(Int64.max)])
    func refusesAnIntervalThatLibrdkafkaCannotHave(interval: Duration) async throws {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["localhost:9092"])
        configuration.librdkafkaStatistics = .init(interval: interval) { _ in }
        let error = await #expect(throws: KafkaError.self) { try await AsyncProducer(configuration) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("librdkafkaStatistics.interval") == true)
    }
}
