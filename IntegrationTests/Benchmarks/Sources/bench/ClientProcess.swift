// SPDX-License-Identifier: Apache-2.0

import CMeasure
import Foundation
import Scenarios

/// Runs the clients, one at a time.
struct ClientProcess {
    let commands: ClientCommands
    /// For the brokers: what makes one of them fall silent.
    let console: Console?
    /// How many messages the log holds; asked around a client that does not tell what it delivered.
    let logEnd: (Scenario) throws -> Int

    /// Where the counter is, if it counts on this platform.
    private var allocationCounter: URL? {
        #if os(Linux)
        commands.folder.appendingPathComponent("libAllocationCounter.so")
        #else
        nil
        #endif
    }

    /// Runs it and checks its account; nil when allocations cannot be counted here.
    func run(_ order: RunOrder) throws -> RunResult? {
        let command = try commands.command(order)
        let process = Process()
        process.executableURL = command.program
        process.arguments = command.arguments
        process.standardInput = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(command.environment) { $1 }
        if order.countsAllocations {
            guard let allocationCounter else { return nil }
            process.environment?["LD_PRELOAD"] = allocationCounter.path
        }
        let isTool = order.scenario.sending == .lines
        let before = isTool ? try logEnd(order.scenario) : 0
        let finished = try finish(process, order)
        guard process.terminationStatus == 0 else { throw BenchError("\(name(order)): the client failed, see above") }
        var result: RunResult
        if isTool {
            result = try toolResult(order, finished, delivered: try logEnd(order.scenario) - before)
        } else if order.implementation.isPeer {
            result = try PeerLine(finished.output).result
        } else {
            guard let line = finished.output.split(separator: "\n").last else {
                throw BenchError("\(name(order)): the client printed nothing")
            }
            result = try JSONDecoder().decode(RunResult.self, from: Data(line.utf8))
        }
        let sent = order.implementation.isPeer ? order.messages : order.allMessages
        result.wholeCPUNanosecondsPerMessage = sent > 0 ? Double(finished.cpuNanoseconds) / Double(sent) : nil
        try check(result, order, sent)
        return result
    }

    private func name(_ order: RunOrder) -> String { "\(order.scenario.name) in \(order.implementation.rawValue)" }

    private func check(_ result: RunResult, _ order: RunOrder, _ sent: Int) throws {
        let failures = order.silence == nil ? 0 : result.failed
        let measured = order.implementation.isMeasuredWhole ? sent : order.messages
        let isDelivered = result.accepted == sent && result.succeeded + failures == sent && result.failed == failures
        guard isDelivered, result.seen == measured - failures else {
            throw BenchError(
                "\(name(order)): sent \(sent), accepted \(result.accepted), succeeded \(result.succeeded), "
                    + "failed \(result.failed); of \(measured) measured \(result.seen) were seen"
            )
        }
    }

    private struct Finished {
        var output: String
        var seconds: Double
        /// User and system time of the whole process.
        var cpuNanoseconds: Int64
    }

    private func finish(_ process: Process, _ order: RunOrder) throws -> Finished {
        let output = Pipe()
        process.standardOutput = output
        // Of all that have ended: the difference around one that ran alone is its own.
        let before = bench_children_cpu_ns()
        let start = ContinuousClock.now
        try process.run()
        if let silence = order.silence, let console { try console.silence(silence, after: output.fileHandleForReading) }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Finished(
            output: String(decoding: data, as: UTF8.self),
            seconds: (ContinuousClock.now - start) / .seconds(1),
            cpuNanoseconds: bench_children_cpu_ns() - before
        )
    }

    private func toolResult(_ order: RunOrder, _ finished: Finished, delivered: Int) throws -> RunResult {
        RunResult(
            messagesPerSecond: Double(order.allMessages) / finished.seconds,
            accepted: order.allMessages,
            succeeded: delivered,
            failed: 0,
            seen: delivered
        )
    }
}
