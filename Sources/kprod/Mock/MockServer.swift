// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// A mock cluster as the command line wants it, with the faults that come later.
final class MockServer: Sendable {
    let cluster: MockCluster
    private let terminal: Terminal
    private let tasks: [Task<Void, Never>]

    /// What the command line says of one.
    struct Plan: Sendable {
        var brokers = 1
        var topics: [String: Int] = [:]
        var faults: [MockFault] = []

        init() {}
    }

    /// Starts the cluster with the faults that are there from the beginning; the others come in their time.
    init(_ plan: Plan, _ terminal: Terminal) async throws(ToolError) {
        let cluster: MockCluster
        do throws(KafkaError) {
            cluster = try await MockCluster(brokers: plan.brokers, topics: plan.topics)
            for fault in plan.faults where fault.delay == .zero { try await fault.apply(to: cluster) }
        } catch {
            let status: ExitStatus = error.code == .systemResources ? .software : .usage
            throw ToolError(status, "the mock cluster cannot be started: \(error.message)")
        }
        self.cluster = cluster
        self.terminal = terminal
        tasks = plan.faults.filter { $0.delay > .zero }.map { fault in
            Task { await Self.apply(fault, to: cluster, terminal) }
        }
    }

    var servers: String { cluster.bootstrapServers.joined(separator: ",") }

    func shutdown() async {
        for task in tasks { task.cancel() }
        await cluster.shutdown()
    }

    /// Does what is asked for, now or in its time, and says so.
    func apply(_ fault: MockFault) async { await Self.apply(fault, to: cluster, terminal) }

    private static func apply(_ fault: MockFault, to cluster: MockCluster, _ terminal: Terminal) async {
        if fault.delay > .zero {
            guard (try? await Task.sleep(for: fault.delay)) != nil else { return }
        }
        do throws(KafkaError) {
            try await fault.apply(to: cluster)
            terminal.note("mock: \(printable(fault.text))")
        } catch {
            terminal.error("mock: \(printable(fault.text)): \(error.message)")
        }
    }
}
