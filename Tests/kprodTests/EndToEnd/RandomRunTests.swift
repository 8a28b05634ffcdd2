// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import kprod

/// Whole runs with everything that may happen to them: report, dead letters, account and topic tell the same.
@Suite(.timeLimit(.minutes(4))) struct RandomRunTests {
    private enum Format: CaseIterable {
        case lines, keys, json, template, frames

        var options: [String] {
            switch self {
            case .lines: []
            case .keys: ["-K:"]
            case .json: ["--format", "json"]
            case .template: ["-f", "%k %v\\n"]
            case .frames: ["--frame", "u32be"]
            }
        }

        func record(_ value: String) -> [UInt8] {
            switch self {
            case .lines: Array("\(value)\n".utf8)
            case .keys: Array("k\(value.utf8.count % 7):\(value)\n".utf8)
            case .json: Array("{\"key\":\"k\",\n\"value\":\"\(value)\"}\n".utf8)
            case .template: Array("k \(value)\n".utf8)
            case .frames: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value.utf8.count >> $0) } + Array(value.utf8)
            }
        }
    }

    /// What the lines of a report say.
    private struct Outcomes {
        var delivered = 0
        var failed = 0
        var undelivered = 0
        /// Some record may be in the log although it is not delivered.
        var isUncertain = false

        init(_ path: String) throws {
            guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return }
            for line in data.split(separator: 10) {
                let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
                switch object["status"] as? String {
                case "delivered": delivered += 1
                case "failed": failed += 1
                default: undelivered += 1
                }
                if let persisted = object["persisted"] as? String, persisted != "no" { isUncertain = true }
            }
        }
    }

    private static let tooLong = 2_000

    @Test(arguments: 0..<10) func everythingTellsTheSame(round: Int) async throws {
        let format = Format.allCases[round % Format.allCases.count]
        let count = 4_000
        let bad = Set((0..<Int.random(in: 0...3)).map { _ in Int.random(in: 0..<count) })
        let files = try TemporaryFiles([:])
        try await withMockCluster(brokers: 2, topics: ["t": 3]) { cluster in
            for name in ["a", "b"] {
                var input: [UInt8] = []
                for number in 0..<count {
                    let filler = bad.contains(number) ? String(repeating: "x", count: Self.tooLong) : ""
                    input += format.record("\(name)\(number)\(filler)")
                }
                try Data(input).write(to: URL(fileURLWithPath: files.path(name)))
            }
            // Two processes, which share the file for what failed.
            let (folder, options) = (files.folder.path, format.options)
            async let first: Void = runToTheEnd(cluster, folder, "a", options)
            async let second: Void = runToTheEnd(cluster, folder, "b", options)
            async let trouble: Void = disturb(cluster)
            try await first
            try await second
            try await trouble
            let letters = try Data(contentsOf: URL(fileURLWithPath: files.path("letters"))).split(separator: 10)
                .map { try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] ?? [:] }
            let kept = letters.filter { $0["kprod_dead_letters"] == nil }
            let reports = try ["a", "b"].map { try Outcomes(files.path("\($0).report")) }
            #expect(kept.count == reports.reduce(0) { $0 + $1.failed })
            var times: [String: Int] = [:]
            for record in try await cluster.records(in: "t") { times[record.valueText ?? "", default: 0] += 1 }
            let failed = Set(kept.compactMap { $0["value"] as? String })
            for name in ["a", "b"] {
                for number in 0..<count where !bad.contains(number) {
                    let value = "\(name)\(number)"
                    #expect(times[value] != nil || failed.contains(value), "\(value) is nowhere")
                }
            }
            if !reports.contains(where: \.isUncertain) {
                #expect(times.values.allSatisfy { $0 == 1 })
                #expect(times.count == reports.reduce(0) { $0 + $1.delivered })
                for value in failed.intersection(times.keys).sorted().prefix(2) {
                    let line = "\"line\":\((Int(value.dropFirst()) ?? 0) + 1),"
                    let report = try String(contentsOfFile: files.path("\(value.prefix(1)).report"), encoding: .utf8)
                    let told = report.split(separator: "\n").filter { $0.contains(line) }.joined(separator: "\n")
                    #expect(Bool(false), "\(value) failed and is in the topic: \(told)")
                }
            }
        }
    }

    /// Starts the command again and again, with signals at random moments, until nothing is left to do.
    private func runToTheEnd(
        _ cluster: MockCluster,
        _ folder: String,
        _ name: String,
        _ options: [String]
    ) async throws {
        let arguments =
            [
                "produce", "-b", cluster.bootstrapServers.joined(separator: ","), "-t", "t", "--checkpoint",
                "\(folder)/\(name).checkpoint", "--resume", "--dead-letter", "\(folder)/letters", "--report",
                "\(folder)/\(name).report", "--max-record-bytes", "1000", "--drain-timeout", "2s",
            ] + options
        var sum = (delivered: 0, failed: 0, undelivered: 0)
        for attempt in 0..<30 {
            let known = try? checkpoint("\(folder)/\(name).checkpoint").inputs.first
            let rate = attempt < 5 ? ["--rate", "4000/s"] : []
            let kprod = try KprodProcess(arguments + rate + ["\(folder)/\(name)"])
            if attempt < 5 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...500)))
                kprod.signal(SIGTERM)
                if Bool.random() { kprod.signal(SIGINT) }
            }
            let outcome = await kprod.finish()
            // It ended before it had begun.
            if outcome.messages.isEmpty { continue }
            let numbers = try (outcome.number("delivered"), outcome.number("failed"), outcome.number("undelivered"))
            // No record that is done is sent again.
            if let known {
                let sent = (known.sparse_acked.map { $0[1] - $0[0] + 1 }).reduce(known.acked_records, +)
                #expect(numbers.0 + numbers.1 <= 4_000 - sent, "\(attempt) \(known) \(outcome)")
            }
            sum = (sum.delivered + numbers.0, sum.failed + numbers.1, sum.undelivered + numbers.2)
            let faults = ["does not add up", "is not complete", "cannot be", "too many"]
            #expect(!outcome.messages.contains { message in faults.contains { message.contains($0) } }, "\(outcome)")
            let report = try Outcomes("\(folder)/\(name).report")
            #expect(
                (report.delivered, report.failed, report.undelivered) == sum,
                "attempt \(attempt): \(report) \(sum) \(outcome)"
            )
            let file = try? checkpoint("\(folder)/\(name).checkpoint")
            // What has its outcome, apart from what was dropped, is done.
            let done = file.map {
                $0.inputs[0].sparse_acked.map { $0[1] - $0[0] + 1 }.reduce($0.inputs[0].acked_records, +)
            }
            #expect(
                done ?? 0 == sum.delivered + sum.failed,
                "attempt \(attempt): \(String(describing: file)) \(sum) \(outcome)"
            )
            if file?.isComplete == true { return }
        }
        #expect(Bool(false), "never complete")
    }

    private func checkpoint(_ path: String) throws -> CheckpointFile {
        try JSONDecoder().decode(CheckpointFile.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func disturb(_ cluster: MockCluster) async throws {
        for _ in 0..<12 {
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...200)))
            switch Int.random(in: 0..<5) {
            case 0: try await cluster.failNext(.produce, with: .policyViolation)
            case 1: try await cluster.failNext(.produce, with: .messageTooLarge)
            case 2: try await cluster.failNext(.produce, with: KafkaError.Code(rawValue: 6), count: 2)
            case 3: try await cluster.setRoundTripTime(.milliseconds(Int.random(in: 0...60)))
            default: try await cluster.failNext(.produce, with: .notEnoughReplicas)
            }
        }
        try await cluster.setRoundTripTime(.zero)
    }
}
