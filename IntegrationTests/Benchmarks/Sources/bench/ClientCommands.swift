// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scenarios

/// Where the programs are that are measured, and how each is told what to do.
struct ClientCommands {
    let brokers: String
    /// This package's own lie beside the driver, and so does the command.
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    /// For the scenarios that read one.
    let linesFile: LinesFile
    private let environment = ProcessInfo.processInfo.environment

    /// A program and its arguments.
    struct Command {
        var program: URL
        var arguments: [String]
        var environment: [String: String] = [:]
    }

    /// Why there is nobody to measure; nil when there is.
    func absence(of implementation: Implementation) -> String? {
        switch implementation {
        case .c, .cBatch, .reference, .swift, .kprod: return nil
        case .kcat: return find("kcat") == nil ? "kcat is not installed" : nil
        case .franz, .sarama, .rust, .java:
            guard let program = peer(implementation) else { return "KAFKA_PEERS is not set" }
            guard FileManager.default.fileExists(atPath: program.path) else { return "no \(program.path)" }
            guard implementation == .java else { return nil }
            return find("java") == nil || kafkaHome == nil ? "it needs java, and KAFKA_HOME for its libraries" : nil
        }
    }

    /// Whether there is a program of the peer's for it.
    func canRun(_ scenario: Scenario, in peer: Implementation) -> Bool {
        guard case .transactions = scenario.sending else { return true }
        return environment["KAFKA_BENCH_JAVA"] != nil
    }

    /// What to start for one run.
    func command(_ order: RunOrder) throws -> Command {
        switch order.implementation {
        case .c, .cBatch: return ours("bench-client-c", order.arguments(brokers: brokers))
        case .reference, .swift: return ours("bench-client-swift", order.arguments(brokers: brokers))
        case .kprod:
            return ours("kprod", ["produce", "-q"] + target(order) + [try linesFile.path(lines: order.allMessages)])
        case .kcat:
            guard let kcat = find("kcat") else { throw BenchError("kcat is not installed") }
            let file = try linesFile.path(lines: order.allMessages)
            return Command(program: kcat, arguments: ["-P", "-q"] + target(order) + ["-l", file])
        case .franz, .sarama, .rust, .java: return try peerCommand(order)
        }
    }

    private func ours(_ name: String, _ arguments: [String]) -> Command {
        Command(program: folder.appendingPathComponent(name), arguments: arguments)
    }

    /// The same options for both commands.
    private func target(_ order: RunOrder) -> [String] {
        let properties = ["enable.idempotence=\(order.scenario.isIdempotent)", "acks=all"]
        return ["-b", brokers, "-t", order.scenario.topicNames[0]] + properties.flatMap { ["-X", $0] }
    }

    private var kafkaHome: String? { environment["KAFKA_HOME"]?.split(separator: ":").first.map(String.init) }

    private func peer(_ implementation: Implementation) -> URL? {
        let names: [Implementation: String] = [
            .franz: "franz", .sarama: "sarama", .rust: "rustrdkafka", .java: "Bench.class",
        ]
        guard let folder = environment["KAFKA_PEERS"], let name = names[implementation] else { return nil }
        return URL(fileURLWithPath: folder).appendingPathComponent(name)
    }

    /// Peers have no warm-up: their start is in their figures, and all messages are measured.
    private func peerCommand(_ order: RunOrder) throws -> Command {
        guard let program = peer(order.implementation) else { throw BenchError("KAFKA_PEERS is not set") }
        let what = [brokers, order.scenario.topicNames[0], String(order.messages), String(order.scenario.valueSize)]
        let pace = order.scenario.pace.map { [String($0)] } ?? []
        switch order.implementation {
        case .rust: return Command(program: program, arguments: what + ["threaded"])
        case .java:
            guard let java = find("java"), let kafkaHome else { throw BenchError("java or KAFKA_HOME is missing") }
            let folder = program.deletingLastPathComponent().path
            let options = [
                "-Xmx1g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", "\(folder):\(kafkaHome)/libs/*",
            ]
            if case .transactions(let size) = order.scenario.sending, let source = environment["KAFKA_BENCH_JAVA"] {
                let more = [String(min(size, order.messages)), String(order.warmup)]
                let program = "\(source)/TransactionBench.java"
                return Command(program: java, arguments: options + [program] + what + more)
            }
            let settings = ["linger.ms=5", "batch.size=1000000", "buffer.memory=67108864"]
            return Command(program: java, arguments: options + ["Bench"] + what + (pace.isEmpty ? ["0"] : pace) + settings)
        default: return Command(program: program, arguments: what + pace, environment: ["LINGER_MS": "5"])
        }
    }

    private func find(_ name: String) -> URL? {
        (environment["PATH"] ?? "").split(separator: ":").map { URL(fileURLWithPath: "\($0)/\(name)") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
}
