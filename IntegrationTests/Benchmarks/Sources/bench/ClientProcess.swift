// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scenarios

/// Starts the clients, which lie beside the driver.
struct ClientProcess {
    let brokers: String
    private let folder: URL

    init(brokers: String) {
        self.brokers = brokers
        folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    }

    /// Where the counter is, if it counts on this platform.
    private var allocationCounter: URL? {
        #if canImport(Glibc)
        folder.appendingPathComponent("libAllocationCounter.so")
        #else
        nil
        #endif
    }

    /// Runs it and checks its account; nil when allocations cannot be counted here.
    func run(_ order: RunOrder) throws -> RunResult? {
        let process = Process()
        let client = order.implementation == .swift ? "bench-client-swift" : "bench-client-c"
        process.executableURL = folder.appendingPathComponent(client)
        process.arguments = order.arguments(brokers: brokers)
        if order.countsAllocations {
            guard let allocationCounter else { return nil }
            var environment = ProcessInfo.processInfo.environment
            environment["LD_PRELOAD"] = allocationCounter.path
            process.environment = environment
        }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let name = "\(order.scenario.name) in \(order.implementation.rawValue)"
        guard process.terminationStatus == 0 else { throw BenchError("\(name): the client failed, see above") }
        let result = try JSONDecoder().decode(RunResult.self, from: data)
        let sent = order.warmup + order.messages
        let isDelivered = result.accepted == sent && result.succeeded == sent && result.failed == 0
        guard isDelivered, result.seen == order.messages else {
            throw BenchError(
                "\(name): sent \(sent), accepted \(result.accepted), succeeded \(result.succeeded), "
                    + "failed \(result.failed); of \(order.messages) measured \(result.seen) were seen"
            )
        }
        return result
    }
}
