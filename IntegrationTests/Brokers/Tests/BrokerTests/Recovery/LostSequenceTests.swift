// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// A broker that has lost the end of its log, and with it what it knew of a producer's sequence: the fatal error of an idempotent
/// producer as it comes to be.
@Suite(.timeLimit(.minutes(5)), .serialized, .needsLauncher, .brokerLogs)
struct LostSequenceTests {
    typealias Recovery = AsyncProducer.Configuration.Recovery

    private func message(_ number: Int) -> ProducerMessage {
        ProducerMessage(topic: "t", partition: 0, value: "\(number)")
    }

    /// Ends the broker without warning and cuts its log back to `size` bytes, as a disk does that lost its cache.
    private func cutBack(_ broker: Node, to size: UInt64) async throws {
        try await broker.kill()
        let folder = broker.dataFolder.appending(path: "t-0")
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            switch file.pathExtension {
            case "log":
                let handle = try FileHandle(forWritingTo: file)
                try handle.truncate(atOffset: size)
                try handle.close()
            case "index", "timeindex", "snapshot": try FileManager.default.removeItem(at: file)
            default: break
            }
        }
    }

    private func logSize(of broker: Node) throws -> UInt64 {
        let file = broker.dataFolder.appending(path: "t-0/00000000000000000000.log")
        return UInt64(try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0)
    }

    /// Each with a broker of its own.
    @Test(.namesCases) func theBrokerHasLostTheSequence() async {
        await atOnce([Recovery.none, .restart(), .restart(mayDuplicate: true)]) { recovery in
            try await Cluster.withCluster(on: Brokers.distribution) { cluster in
                let (broker, servers) = (cluster.brokers[0], cluster.bootstrapServers())
                try await Topics(on: servers).create("t")
                let producer = try await makeProducer(servers) { $0.recovery = recovery }
                for number in 0..<5 { _ = try await producer.deliver(message(number)) }
                let size = try logSize(of: broker)
                for number in 5..<10 { _ = try await producer.deliver(message(number)) }
                #expect(try logSize(of: broker) > size)
                try await cutBack(broker, to: size)
                // The first is inside of librdkafka when the broker comes back, the others wait for it.
                try await producer.input.send(message(10))
                try await eventually("it was handed over") { producer.debugDescription.contains("1 under way") }
                for number in 11..<20 { try await producer.input.send(message(number)) }
                try broker.start()
                try await cluster.waitUntilReady()
                let errors: [ProducerError]
                do throws(CloseError) {
                    try await producer.close()
                    errors = []
                } catch {
                    guard case .undelivered(let undelivered) = error else { throw error }
                    errors = undelivered.errors
                }
                print("recovery \(recovery): \(errors.map(\.description)), \(producer.statistics)")
                let log = try await LogRecord.all(of: "t", on: servers).compactMap { $0.payload.flatMap { Int($0) } }
                let failed = errors.compactMap { $0.message.value?.withSpan { MessageNumber.parse($0) } }
                switch recovery {
                case .none:
                    #expect(producer.fatalError?.code == .outOfOrderSequenceNumber)
                    #expect(failed == Array(10..<20))
                    #expect(log == Array(0..<5))
                case .restart(_, _, let mayDuplicate):
                    #expect(producer.fatalError == nil)
                    #expect(producer.statistics.restarts == 1)
                    #expect(failed == (mayDuplicate ? [] : [10]))
                    #expect(errors.allSatisfy { $0.persistence == .possiblyPersisted && $0.error.isRetriable })
                    #expect(log == Array(0..<5) + (mayDuplicate ? [10] : []) + Array(11..<20))
                }
                expectSettled(producer, accepted: 20)
            }
        }
    }

    /// Again and again under a load, until the limit.
    @Test func restartsInARowUntilTheLimit() async throws {
        try await Cluster.withCluster(on: Brokers.distribution) { cluster in
            let (broker, servers) = (cluster.brokers[0], cluster.bootstrapServers())
            try await Topics(on: servers).create("t")
            let producer = try await makeProducer(servers) {
                $0.recovery = .restart(limit: 2, within: .seconds(3_600))
                $0.returns.successes = .always
            }
            for round in 1...3 {
                // A few of this client's own, which the broker keeps, and more, which it loses.
                let first = await outcome(of: message(round), from: producer)
                guard case .success = first else {
                    Issue.record("round \(round): \(first)")
                    return
                }
                let size = try logSize(of: broker)
                for _ in 0..<5 { _ = try await producer.deliver(message(0)) }
                try await cutBack(broker, to: size)
                try await producer.input.send(message(1_000 + round))
                try broker.start()
                try await cluster.waitUntilReady()
                try await producer.flush()
                #expect(producer.statistics.restarts == min(round, 2))
                #expect((producer.fatalError == nil) == (round < 3))
            }
            #expect(producer.fatalError?.message.contains("2 restarts did not help") == true)
            _ = try? await producer.close()
            expectSettled(producer, accepted: 3 + 15 + 3)
        }
    }
}
