// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// A run that reads and checks everything and sends nothing.
struct DryRun: Sendable {
    let defaults: RecordDefaults
    let errorPolicy: ErrorPolicy
    /// The largest record that the client would take.
    let limit: Int
    /// Asked how many partitions there are; nil when no broker was named.
    var query: ClusterQuery?
    var topic: String?
    var partitioning = AsyncProducer.Partitioning.java
    var showsAll = false
    /// Whether the account is written to standard output as an object, instead of what the records are.
    var hasSummary = false

    /// Writes what the records are to standard output, and what is wrong with them to the terminal.
    func run(
        _ feed: any RecordFeed,
        _ terminal: Terminal,
        checkingFirst check: () throws(ToolError) -> Void
    ) async -> Ending {
        let (signals, post) = AsyncStream.makeStream(of: Int32.self)
        let stop = StopSwitch()
        Signals.watch {
            post.yield($0)
            stop.turnOn()
        }
        let ledger = Ledger(errorPolicy)
        var preview = RecordPreview(limit: limit) { _ in }
        var problems: [ToolError] = []
        let output = OutputWriter.standardOutput
        do throws(ToolError) {
            try check()
            let targets = try await targets(terminal)
            preview = RecordPreview(limit: limit, targets, showsAll: showsAll && !hasSummary) {
                output.append(($0 + "\n").utf8)
            }
            let sink = RecordSink(.preview(preview), defaults: unhurried, ledger: ledger, stop: stop) {}
            problems = await feed.run(into: sink, until: stop).compactMap(\.problem)
            if !hasSummary { output.append(preview.lines.map { $0 + "\n" }.joined().utf8) }
        } catch {
            problems.append(error)
        }
        let (tally, failures) = ledger.contents
        for problem in problems { terminal.error(problem.message) }
        for line in failures.lines { terminal.error(line) }
        terminal.conclude(
            "dry run: \(NumberText.records(preview.count)) (\(NumberText.bytes(tally.acceptedBytes))) would be sent; "
                + "failed \(NumberText.grouped(failures.failed)); skipped \(NumberText.grouped(tally.skipped))"
        )
        post.finish()
        var ending = Ending.status(status(problems, failures))
        for await signal in signals { ending = .signal(signal) }
        if hasSummary { output.append(summary(preview, tally, failures, problems, ending).utf8) }
        if let problem = await output.close() {
            terminal.error(problem.message)
            if case .status(let status) = ending { ending = .status(max(status, problem.status)) }
        }
        return ending
    }

    private func status(_ problems: [ToolError], _ failures: FailureGroups) -> ExitStatus {
        var statuses = problems.map(\.status)
        if failures.unparsable != nil { statuses.append(.data) }
        if failures.failed > 0 { statuses.append(.someFailed) }
        return statuses.max() ?? .success
    }

    /// What the brokers have; a topic that they do not have is as wrong as in a run.
    private func targets(_ terminal: Terminal) async throws(ToolError) -> Partitioning? {
        guard let query else { return nil }
        let topics = try await query.metadata(for: nil, terminal).topics
        if let topic, !topics.contains(where: { $0.name == topic && $0.error == nil }) {
            throw ToolError(.unavailable, UnknownTopic.message(topic, among: topics, advice: "--create makes it"))
        }
        return Partitioning(
            counts: Dictionary(topics.map { ($0.name, $0.partitions.count) }) { first, _ in first },
            rule: partitioning,
            topic: topic
        )
    }

    /// The same names as those of a run.
    private func summary(
        _ preview: RecordPreview,
        _ tally: FeedTally,
        _ failures: FailureGroups,
        _ problems: [ToolError],
        _ ending: Ending
    ) -> String {
        var result = Session.Result(ending: ending)
        result.account.read = tally.read
        result.account.failed = failures.failed
        result.account.skipped = tally.skipped
        result.failures = failures
        result.problems = problems
        return RunSummary(result, topic: topic, deadLetters: nil, wouldSend: preview.count).line
    }

    /// There is nobody to be gentle to.
    private var unhurried: RecordDefaults {
        var defaults = defaults
        defaults.rate = nil
        return defaults
    }
}
