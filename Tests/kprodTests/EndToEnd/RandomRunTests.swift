// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import kprod

/// Whole runs with everything that may happen to them: report, dead letters, account and topic tell the same.
///
/// A failure names its seed; with `RANDOM_RUN_SEED` that run is made again.
@Suite(.timeLimit(.minutes(4))) struct RandomRunTests {
    private static let runs: [RandomRun] = {
        if let seed = ProcessInfo.processInfo.environment["RANDOM_RUN_SEED"].flatMap({ UInt64($0) }) {
            return [RandomRun(seed: seed)]
        }
        let first = UInt64.random(in: 0..<1_000_000)
        return (first..<first + RandomRun.kinds).map { RandomRun(seed: $0) }
    }()

    /// Four at a time: most of a run is waiting.
    @Test(.namesCases) func everythingTellsTheSame() async {
        await atOnce(Self.runs, width: 4) { run in
            let files = try TemporaryFiles([:])
            try await withMockCluster(brokers: 2, topics: ["t": 3]) { cluster in
                // Two processes, which share the file for what failed.
                let (a, b, folder) = (run.inputs[0], run.inputs[1], files.folder)
                async let first: Void = runToTheEnd(run, a, cluster, folder)
                async let second: Void = runToTheEnd(run, b, cluster, folder)
                async let trouble: Void = run.disturb(cluster)
                try await first
                try await second
                try await trouble
                let letters = try lettersKept(files.path("letters"))
                let reports = try run.inputs.map { try outcomes(run, $0, folder) }
                #expect(letters.count == reports.reduce(0) { $0 + $1.failed })

                let places = reports.flatMap(\.delivered)
                #expect(Set(places).count == places.count, "two records are reported at one place")
                var visible: [String: Int] = [:]
                for record in try await cluster.records(in: "t") {
                    let place = ReportedOutcomes.Place(partition: Int(record.partition), offset: Int(record.offset))
                    // As a reader of committed records: the mock's log has those of aborted transactions, too.
                    if run.transactionSize != nil, !Set(places).contains(place) { continue }
                    let value = record.valueText ?? ""
                    visible[value, default: 0] += 1
                    #expect(record.keyText == run.key(of: value) && record.headers == run.headers(of: value))
                }
                let failed = Set(letters.compactMap { $0["value"] as? String })
                let lost = run.inputs.flatMap { input in
                    (0..<run.count).filter { !input.bad.contains($0) }.map { run.value($0, of: input) }
                }.filter { visible[$0] == nil && (run.transactionSize != nil || !failed.contains($0)) }
                #expect(lost.isEmpty, "neither in the topic nor among the dead letters")
                if !reports.contains(where: \.isUncertain) {
                    #expect(visible.filter { $0.value != 1 }.isEmpty, "in the topic more than once")
                    #expect(visible.count == places.count)
                    // What fails in a transaction is sent again with the rest of it.
                    let delivered = run.transactionSize == nil ? visible : [:]
                    #expect(failed.intersection(delivered.keys).isEmpty, "among the dead letters, and in the topic")
                }
            }
        }
    }

    /// Starts the command again and again, with signals at random moments, until nothing is left to do.
    private func runToTheEnd(
        _ run: RandomRun,
        _ input: RandomRun.Input,
        _ cluster: MockCluster,
        _ folder: URL
    ) async throws {
        let (paths, standardInput) = try run.write(input, into: folder)
        let checkpoint = folder.appending(path: "\(input.name).checkpoint").path
        let isTransactional = run.transactionSize != nil
        let arguments =
            [
                "produce", "-b", cluster.bootstrapServers.joined(separator: ","), "-t", "t", "--checkpoint", checkpoint,
                "--resume", "--report", folder.appending(path: "\(input.name).report").path, "--max-record-bytes",
                "\(RandomRun.longest)", "--drain-timeout", "2s", "--dead-letter",
                folder.appending(path: "letters").path,
            ] + run.options + (isTransactional ? ["--transactional-id", input.name] : [])
        var sum = (delivered: 0, failed: 0, undelivered: 0)
        for attempt in 0..<30 {
            let known = done(checkpoint).count
            let stop = attempt < input.stops.count ? input.stops[attempt] : nil
            let rate = stop == nil ? [] : ["--rate", "\(run.count)/s"]
            let kprod = try KprodProcess(arguments + rate + paths, input: standardInput)
            if let stop {
                try await Task.sleep(for: stop.after)
                kprod.signal(SIGTERM)
                if stop.isHard { kprod.signal(SIGINT) }
            }
            let outcome = await kprod.finish()
            // It ended before it had begun.
            if outcome.messages.isEmpty { continue }
            let numbers = try (outcome.number("delivered"), outcome.number("failed"), outcome.number("undelivered"))
            // No record that is done is sent again.
            #expect(numbers.0 + numbers.1 <= run.count - known, "attempt \(attempt): \(outcome)")
            sum = (sum.delivered + numbers.0, sum.failed + numbers.1, sum.undelivered + numbers.2)
            let faults = ["does not add up", "is not complete", "cannot be", "too many"]
            #expect(!outcome.messages.contains { message in faults.contains { message.contains($0) } }, "\(outcome)")
            let report = try outcomes(run, input, folder)
            #expect(
                (report.delivered.count, report.failed, report.undelivered) == sum,
                "attempt \(attempt): \(report) \(outcome)"
            )
            // What has its outcome, apart from what was dropped, is done.
            let now = done(checkpoint)
            #expect(
                now.count == sum.delivered + (isTransactional ? 0 : sum.failed),
                "attempt \(attempt): \(sum) \(outcome)"
            )
            if now.isComplete { return }
        }
        #expect(Bool(false), "never complete")
    }

    private func outcomes(_ run: RandomRun, _ input: RandomRun.Input, _ folder: URL) throws -> ReportedOutcomes {
        let path = folder.appending(path: "\(input.name).report").path
        return try ReportedOutcomes(path, isTransactional: run.transactionSize != nil)
    }

    /// How many records are done by what the checkpoint says, and whether all are.
    private func done(_ path: String) -> (count: Int, isComplete: Bool) {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)),
            let file = try? JSONDecoder().decode(CheckpointFile.self, from: data)
        else { return (0, false) }
        let count = file.inputs.reduce(0) { sum, input in
            input.sparse_acked.map { $0[1] - $0[0] + 1 }.reduce(sum + input.acked_records, +)
        }
        return (count, file.isComplete)
    }

    /// All dead letters; the lines that begin a file or a part of it are none.
    private func lettersKept(_ path: String) throws -> [[String: Any]] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 10)
            .map { try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] ?? [:] }
            .filter { $0["kprod_dead_letters"] == nil }
    }
}
