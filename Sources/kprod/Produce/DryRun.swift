// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// A run that reads and checks everything and sends nothing.
struct DryRun: Sendable {
    let defaults: RecordDefaults
    let errorPolicy: ErrorPolicy
    /// The largest record that the client would take.
    let limit: Int

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
        let preview = RecordPreview(limit: limit)
        var problems: [ToolError] = []
        do throws(ToolError) {
            try check()
            let sink = RecordSink(.preview(preview), defaults: unhurried, ledger: ledger, stop: stop) {}
            problems = await feed.run(into: sink, until: stop).compactMap(\.problem)
            try StandardOutput.write(preview.lines.map { $0 + "\n" }.joined())
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
        for await signal in signals { return .signal(signal) }
        var statuses = problems.map(\.status)
        if failures.unparsable != nil { statuses.append(.data) }
        if failures.failed > 0 { statuses.append(.someFailed) }
        return .status(statuses.max() ?? .success)
    }

    /// There is nobody to be gentle to.
    private var unhurried: RecordDefaults {
        var defaults = defaults
        defaults.rate = nil
        return defaults
    }
}
