// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import ProcessSupport
import Testing

@testable import KafkaAsyncProducer

/// What concerns the whole process runs in one of its own.
@Suite struct ProcessTests {
    @Test func closeWhileNameResolutionHangsSaysWhatIsUnreported() async {
        await #expect(processExitsWith: .success) {
            try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                let producer = try await makeProducer(cluster) { $0.librdkafka["broker.address.ttl"] = "0" }
                _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
                // The request stays without an answer; then the connection breaks and the broker is looked up again.
                try await cluster.setRoundTripTime(.seconds(60))
                for _ in 0..<100 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
                resolver_hold()
                try await cluster.brokerDown()
                try await eventually("a broker thread waits for a name") { resolver_held_count() > 0 }

                let start = ContinuousClock.now
                let result = await Result { try await producer.close(deadline: .milliseconds(200)) }
                expectOrExit(ContinuousClock.now - start < .seconds(4), "close took too long")
                guard case .failure(CloseError.deadlineExceeded(let unreported, _)) = result else {
                    // Newer librdkafkas give back what was under way before they look the name up.
                    resolver_release()
                    guard case .failure(CloseError.undelivered(let errors)) = result,
                        !AsyncProducer.librdkafkaVersion.hasPrefix("2.0.")
                    else { return expectOrExit(false, "got \(result), \(producer.statistics)") }
                    return expectOrExit(errors.errors.count == 100, "\(errors.errors.count)")
                }
                let statistics = producer.statistics
                expectOrExit(unreported > 0 && statistics.inFlight == unreported, "\(unreported) of \(statistics)")
                expectOrExit(statistics.isBalanced && statistics.accepted == 101, "\(statistics)")

                // The streams end when the reports come.
                resolver_release()
                _ = await collectErrors(producer)
                let last = producer.statistics
                expectOrExit(last.isBalanced && last.inFlight == 0 && last.bufferedMessages == 0, "\(last)")
            }
        }
    }

    /// With contexts of OpenSSL, and token closures that are still running.
    @Test(.needsProc) func securedProducersLeaveNothingBehind() async {
        await #expect(processExitsWith: .success) {
            func openClose() async throws {
                var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
                configuration.logHandler = { _ in }
                configuration.security = .sasl(
                    .oauthBearer {
                        try await Task.sleep(for: .seconds(600))
                        throw CancellationError()
                    }
                )
                try await AsyncProducer(configuration).close()
            }
            let names = ["kafka-init", "kafka-driver", "kafka-metadata", "kafka-destroy", "rdk:"]
            try await openClose()
            try await eventually("the first is destroyed") { try threads(named: names) == 0 }
            let descriptors = try entries(of: "fd").count
            for _ in 0..<30 { try await openClose() }
            try await eventually("all threads are gone") { try threads(named: names) == 0 }
            expectOrExit(try entries(of: "fd").count <= descriptors + 5, "descriptors leak")
        }
    }

    /// The lock is held at the fork, as it may be by any thread of the parent's: in the child it is never free again.
    @Test func noCallInAForkedChildWaitsOrTraps() async {
        await #expect(processExitsWith: .success) {
            try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                let producer = try await makeProducer(cluster)
                let transactional = try await makeProducer(cluster) { $0.transactionalID = "x" }
                _ = try await producer.deliver(ProducerMessage(topic: "t", value: "parent"))
                try await cluster.setRoundTripTime(.seconds(600))
                let pending = try await producer.submit(ProducerMessage(topic: "t", value: "on its way"))
                for _ in 0..<20 {
                    let status = producer.core.withState { _ in
                        transactional.core.withState { _ in
                            ForkedChild(producer, transactional, pending, cluster).run()
                        }
                    }
                    expectOrExit(status == 0, "a child trapped or waited: \(status)")
                }
                try await cluster.setRoundTripTime(.zero)
                try await transactional.close()
                _ = try? await producer.close(deadline: .zero)
            }
        }
    }

    @Test func aForkedChildIsRefused() async {
        await #expect(processExitsWith: .success) {
            try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                let producer = try await makeProducer(cluster)
                _ = try await producer.deliver(ProducerMessage(topic: "t", value: "parent"))
                expectOrExit(sendInForkedChild(producer) == 0, "the child was not refused")
                try await producer.close()
                expectOrExit(producer.statistics.succeeded == 1, "\(producer.statistics)")
            }
        }
    }
}

/// 0 when a child's send was refused as it should be. Nothing that suspends can be called in the child: of all threads
/// only this one exists there.
private func sendInForkedChild(_ producer: AsyncProducer) -> Int32 {
    let child = fork_process()
    guard child == 0 else { return wait_for_process(child) }
    do throws(KafkaError) {
        _ = try producer.input.trySend(ProducerMessage(topic: "t", value: "child"))
        exit_process(1)
    } catch {
        exit_process(error.code == .forked ? 0 : 2)
    }
}
