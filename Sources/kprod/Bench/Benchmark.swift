// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// A whole benchmark: every run of it, and then the results.
struct Benchmark {
    private let plan: BenchPlan
    private let terminal: Terminal

    init(_ plan: BenchPlan, _ terminal: Terminal) {
        self.plan = plan
        self.terminal = terminal
    }

    func run() async -> Ending {
        do throws(ToolError) {
            try checkFiles()
            for path in [plan.hdrFile, plan.svgFile].compactMap({ $0 }) { try BenchFiles.prepare(path) }
            let client = try await plan.client.resolve()
            var configuration = client.configuration
            configuration.clientID = "kprod-bench"
            return try await run(configuration)
        } catch {
            terminal.error(error.message)
            if plan.report == .json { FailureObject.write(error) }
            return .status(error.status)
        }
    }

    /// None may be written for two purposes.
    private func checkFiles() throws(ToolError) {
        var uses = FileUses()
        if let payloadFile = plan.payloadFile { try uses.read(FilePath(payloadFile), for: "option --payload-file") }
        if plan.report != .table { try uses.writeStandardOutput(for: "standard output") }
        try uses.write(plan.svgFile, for: "option --plot")
        try uses.write(plan.hdrFile, for: "option --hdr")
        try plan.progress.claim(&uses)
    }

    private func run(_ configuration: AsyncProducer.Configuration) async throws(ToolError) -> Ending {
        let signals = SignalRelay(terminal)
        let output = OutputWriter.standardOutput
        let lines = PerfLines(output: output, warmup: plan.workload.warmup, printsMetrics: plan.printsMetrics)
        let isPerf = plan.report == .perf
        if isPerf { plan.preamble.forEach { lines.write($0) } }
        var outcomes: [BenchOutcome] = []
        for number in 1...plan.repeats {
            if isPerf { lines.begin() }
            let run = BenchRun(
                plan: plan,
                configuration: configuration,
                terminal: terminal,
                signals: signals,
                lines: isPerf ? lines : nil
            )
            let outcome = try await run.run()
            outcomes.append(outcome)
            let clientID = configuration.librdkafka["client.id"] ?? configuration.clientID
            if isPerf { lines.finish(outcome, clientID: clientID) }
            // On one terminal, what is for programs stands above what is for people.
            if let problem = await output.close() { throw problem }
            report(outcome, number)
            if outcome.ending != .status(.success) { break }
        }
        let result = BenchResult(
            tool: "kprod \(VersionText.tool)",
            librdkafka: AsyncProducer.librdkafkaVersion,
            topic: plan.topic,
            workload: description,
            runs: outcomes.map { BenchResult.Run($0) }
        )
        if plan.report == .json { lines.write(BenchFiles.json(result)) }
        if plan.report == .csv { BenchText.csv(result).forEach { lines.write($0) } }
        if plan.repeats > 1, !plan.isQuiet { BenchText.spread(result.runs).forEach { terminal.note($0) } }
        try writeFiles(outcomes)
        if let problem = await output.close() { throw problem }
        return conclude(outcomes)
    }

    /// Says what one run came to.
    private func report(_ outcome: BenchOutcome, _ number: Int) {
        for reason in outcome.reasons { terminal.error(reason.message) }
        for line in outcome.failures.lines { terminal.error(line) }
        if plan.isQuiet { return }
        let run = BenchResult.Run(outcome)
        if plan.repeats > 1 {
            let rate = NumberText.grouped(Int(run.recordsPerSecond.rounded()))
            let (p50, p99) = (NumberText.decimal(run.response.p50), NumberText.decimal(run.response.p99))
            terminal.note("run \(number) of \(plan.repeats): \(rate) records/s, latency p50 \(p50) ms, p99 \(p99) ms")
            return
        }
        guard run.records > 0 else { return }
        terminal.note("\(plan.topic): \(description)")
        BenchText.lines(run, producers: plan.producers).forEach { terminal.note($0) }
        terminal.note("")
        BenchText.latencies(run, isScheduled: plan.workload.rate != nil).forEach { terminal.note($0) }
        if plan.workload.warmup == 0 {
            terminal.note("the cold start is part of it: --warmup-records N leaves the first N records out")
        }
        if plan.plots {
            terminal.note("")
            TerminalPlot.lines(
                outcome.steady.latencies.response,
                title: "latency \(clock), share of records",
                columns: terminal.columns,
                hasUnicode: terminal.traits.hasUnicode
            ).forEach { terminal.note($0) }
        }
    }

    private var clock: String { plan.workload.rate == nil ? "since the call of send" : "since a record was due" }

    /// Of all runs together.
    private func writeFiles(_ outcomes: [BenchOutcome]) throws(ToolError) {
        var latencies = Latencies()
        for outcome in outcomes { latencies.add(outcome.steady.latencies) }
        if let path = plan.hdrFile { try BenchFiles.write(HDRText.text(latencies.response), to: path) }
        guard let path = plan.svgFile else { return }
        let runs = outcomes.map { BenchResult.Run($0) }
        let rate = BenchMetric.all.first?.spread(of: runs)?.median ?? 0
        let response = latencies.response
        let percentiles = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("max", 1)].map { name, share in
            "\(name) \(NumberText.milliseconds(response.percentile(share)))"
        }
        let plot = SVGPlot(
            title: "\(NumberText.grouped(Int(rate.rounded()))) records/s, \(percentiles.joined(separator: ", "))",
            subtitle: "kprod bench: \(description)",
            series: [
                SVGPlot.Series(name: clock, histogram: response, color: "#0969da"),
                SVGPlot.Series(name: "in client and broker", histogram: latencies.service, color: "#bf8700"),
            ]
        )
        try BenchFiles.write(plot.document(), to: path)
    }

    private func conclude(_ outcomes: [BenchOutcome]) -> Ending {
        var account = Account(deliveredBytes: 0)
        for outcome in outcomes { account.add(outcome.account) }
        let ending = outcomes.last?.ending ?? .status(.success)
        let elapsed = Duration.seconds(outcomes.reduce(0) { $0 + $1.elapsed })
        terminal.conclude(plan.isQuiet && ending == .status(.success) ? nil : account.line(after: elapsed))
        return ending
    }

    /// What is sent, in words.
    private var description: String {
        let workload = plan.workload
        var parts: [String] = []
        switch workload.length {
        case .records(let count): parts.append(NumberText.records(count))
        case .time(let duration): parts.append(NumberText.limit(duration))
        }
        switch workload.payload {
        case .random(let sizes, let compressibility):
            switch sizes {
            case .fixed(let size): parts.append("\(NumberText.grouped(size)) B")
            case .range(let range): parts.append("\(range.lowerBound) to \(range.upperBound) B")
            case .normal(let mean, let deviation): parts.append("\(mean) ± \(deviation) B")
            }
            if let compressibility { parts.append("\(NumberText.decimal(compressibility * 100)) % compressible") }
        case .given(let values): parts.append("one of \(NumberText.grouped(values.count)) values")
        case .monotonic: parts.append("their numbers as values")
        }
        switch workload.keys {
        case .none: break
        case .range(let count): parts.append("\(NumberText.grouped(count)) keys in turn")
        case .random(let count): parts.append("\(NumberText.grouped(count)) keys at random")
        }
        if workload.headers.count > 0 {
            parts.append("\(workload.headers.count) headers of \(workload.headers.bytes) B")
        }
        parts.append("\(plan.producers) producer\(plan.producers == 1 ? "" : "s")")
        if let time = plan.transactionTime { parts.append("transactions of \(NumberText.limit(time))") }
        parts.append(workload.rate.map { "\(NumberText.decimal($0)) records/s" } ?? "as fast as possible")
        return parts.joined(separator: ", ")
    }
}
