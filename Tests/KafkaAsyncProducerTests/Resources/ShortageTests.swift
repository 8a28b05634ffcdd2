// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import ProcessSupport
import Testing

@testable import KafkaAsyncProducer

/// The system has nothing more to give: typed errors, one outcome each, an end in time, and a recovery when it has again.
@Suite(.timeLimit(.minutes(5))) struct ShortageTests {
    /// Each thread in turn is the first that there is not.
    @Test(.enabled(if: shortage_can_be_made() != 0, "nothing can be refused here"))
    func anyThreadMayBeMissing() async {
        await #expect(processExitsWith: .success) { try await refuseInTurn(threads_allow, threads_refused) }
    }

    /// The same of pipes and sockets.
    @Test(.enabled(if: shortage_can_be_made() != 0, "nothing can be refused here"))
    func anyDescriptorMayBeMissing() async {
        await #expect(processExitsWith: .success) { try await refuseInTurn(descriptors_allow, descriptors_refused) }
    }

    /// Stopped for longer than a message may take, with what is under way and what has not been sent.
    @Test func aStoppedProcessAccountsForAll() async {
        await #expect(processExitsWith: .success) {
            try await withMockCluster(brokers: 2, topics: ["t": 4]) { cluster in
                let producer = try await makeProducer(cluster) { $0.delivery.timeout = .seconds(1) }
                let failures = Task { await collectErrors(producer).count }
                let successes = Task { await countSuccesses(producer) }
                expectOrExit(process_stop(1_500) == 0, "nobody to stop it")
                let start = SuspendingClock.now
                var accepted = 0
                while SuspendingClock.now - start < .milliseconds(2_500) {
                    try await producer.input.send(ProducerMessage(topic: "t", key: "\(accepted)", value: "x"))
                    accepted += 1
                    if accepted.isMultiple(of: 100) { try await Task.sleep(for: .milliseconds(5)) }
                }
                // Whatever failed has been read.
                _ = try await producer.close(deadline: .seconds(5))
                let (succeeded, failed) = (await successes.value, await failures.value)
                expectOrExit(succeeded + failed == accepted, "\(succeeded) + \(failed) of \(accepted)")
                expectOrExit(producer.statistics.isBalanced, "\(producer.statistics)")
                // One outcome each, and what succeeded is there.
                let records = try await cluster.records(in: "t").count
                expectOrExit(records >= succeeded && records <= accepted, "\(records) records, \(succeeded)")
            }
        }
    }
}

/// Lives with ever more of something, from none to as much as is needed, while another producer goes on.
private func refuseInTurn(_ allow: (Int32) -> Void, _ refused: () -> Int32) async throws {
    try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
        let running = try await makeProducer(cluster)
        _ = try await running.deliver(ProducerMessage(topic: "t", value: "x"))
        var causes: Set<KafkaError.Code> = []
        var allowed: Int32 = 0
        while true {
            allow(allowed)
            let code = try await liveShortly(cluster)
            // What has what it needs goes on.
            _ = try await running.deliver(ProducerMessage(topic: "t", value: "x"))
            let count = refused()
            allow(-1)
            if let code { causes.insert(code) }
            if count == 0 { break }
            allowed += 1
            expectOrExit(allowed < 50, "it is refused for ever")
        }
        // Of ours and of librdkafka's.
        expectOrExit(allowed >= 4, "only \(allowed) were needed")
        expectOrExit(causes == [.systemResources], "\(causes)")
        try await running.close()
        expectOrExit(running.statistics.failed == 0, "\(running.statistics)")
    }
}

/// A whole life: whatever cannot be had, it ends soon and its account is complete. Returns what its creation failed with.
private func liveShortly(_ cluster: MockCluster) async throws -> KafkaError.Code? {
    let start = SuspendingClock.now
    let producer: AsyncProducer
    do throws(KafkaError) {
        var configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
        configuration.delivery.timeout = .milliseconds(500)
        configuration.batching.linger = .milliseconds(1)
        configuration.logHandler = { _ in }
        producer = try await AsyncProducer(configuration)
    } catch {
        expectOrExit(SuspendingClock.now - start < .seconds(10), "the refusal took long")
        return error.code
    }
    _ = try? await producer.deliver(ProducerMessage(topic: "t", value: "x"))
    _ = try? await producer.metadata(timeout: .milliseconds(200))
    try await producer.input.send(ProducerMessage(topic: "t", value: "y"))
    _ = try? await producer.close(deadline: .seconds(1))
    let statistics = producer.statistics
    expectOrExit(statistics.accepted == 2 && statistics.isBalanced && statistics.inFlight == 0, "\(statistics)")
    expectOrExit(SuspendingClock.now - start < .seconds(15), "it took \(SuspendingClock.now - start)")
    return nil
}
