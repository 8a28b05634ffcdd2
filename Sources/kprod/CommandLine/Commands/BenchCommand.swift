// SPDX-License-Identifier: Apache-2.0

import Foundation

/// `kprod bench`: generated records, and what became of their latencies.
struct BenchCommand: Command {
    private enum Action {
        case run(BenchPlan, PayloadFile?)
        case compare(String, String)
    }

    /// Whether keys come in turn or by chance.
    private enum KeyDistribution: String, CaseIterable {
        case none, range, random
    }

    private let action: Action

    init(_ arguments: ParsedArguments) throws(ToolError) {
        try OptionRules.checkBench(arguments)
        if arguments.has(.compare) {
            let files = arguments.operands
            guard files.count == 2 else {
                throw .usage("option --compare: name two files that kprod bench --json wrote")
            }
            action = .compare(files[0], files[1])
            return
        }
        // perf-test's list of properties ends with the next option; what follows the first is no operand of ours.
        let arguments = arguments.addingOperands(to: .property)
        for operand in arguments.operands where !(arguments.has(.property) && operand.contains("=")) {
            throw .usage("kprod bench takes no \"\(printable(operand))\"; see kprod help bench")
        }
        guard let topic = try arguments.value(.topic, OptionValue.string) else {
            throw .usage("option -t/--topic is missing; name the topic to write to")
        }
        let client = try ClientOptions(arguments, defaults: [:])
        var plan = BenchPlan(client: client, topic: topic)
        plan.workload = try Self.workload(arguments)
        plan.producers = try arguments.value(.producers, OptionValue.number(to: 100)) ?? 1
        plan.transactionTime = try arguments.value(.transactionTime, OptionValue.milliseconds)
        plan.repeats = try arguments.value(.repeats, OptionValue.number(to: 1_000)) ?? 1
        plan.report = try Self.report(arguments)
        plan.interval = try arguments.value(.reportingInterval, OptionValue.milliseconds) ?? plan.interval
        plan.printsMetrics = arguments.has(.printMetrics)
        plan.plots = !arguments.has(.noPlot)
        plan.svgFile = try arguments.value(.plotFile, OptionValue.string)
        plan.hdrFile = try arguments.value(.hdrFile, OptionValue.string)
        let files = [plan.svgFile, plan.hdrFile, try arguments.value(.payloadFile, OptionValue.string)].compactMap {
            $0
        }
        if Set(files).count < files.count {
            throw .usage("options --plot, --hdr and --payload-file: \"\(printable(files[0]))\" cannot be two of them")
        }
        plan.drainTimeout = try arguments.value(.drainTimeout, OptionValue.duration)
        plan.waitBroker = try arguments.value(.waitBroker, OptionValue.duration) ?? plan.waitBroker
        plan.progress = try ProgressOptions(arguments)
        // Both on one terminal would be written over each other: perf-test's lines say as much.
        if plan.report == .perf, plan.progress.kind == .auto, isatty(STDOUT_FILENO) == 1 { plan.progress.kind = .none }
        plan.isQuiet = arguments.has(.quiet)
        let delimiter = try arguments.value(.payloadDelimiter, OptionValue.delimiter) ?? .newline
        let file = try arguments.value(.payloadFile, OptionValue.string).map {
            PayloadFile(path: $0, delimiter: delimiter)
        }
        action = .run(plan, file)
    }

    func run(_ terminal: Terminal) async -> Ending {
        do throws(ToolError) {
            switch action {
            case .run(var plan, let file):
                if let file {
                    let values = try await file.read()
                    plan.workload.payload = .given(values)
                    plan.payloadFile = file.path
                    plan.preamble = file.lines(count: values.count)
                }
                return await Benchmark(plan, terminal).run()
            case .compare(let left, let right):
                let (one, other) = (try BenchFiles.read(left), try BenchFiles.read(right))
                let names = (printable(left, limit: 30), printable(right, limit: 30))
                let lines = BenchText.comparison(one, other, names: names)
                try StandardOutput.write(lines.joined(separator: "\n") + "\n")
                return .status(.success)
            }
        } catch {
            terminal.error(error.message)
            return .status(error.status)
        }
    }

    private static func report(_ arguments: ParsedArguments) throws(ToolError) -> BenchPlan.Report {
        if arguments.has(.json), arguments.has(.csv) { throw .usage("options --json and --csv exclude each other") }
        if arguments.has(.json) { return .json }
        if arguments.has(.csv) { return .csv }
        let isPerf = [Option.Name.topic, .benchRecords, .throughput].allSatisfy { arguments.has($0) }
        return isPerf ? .perf : .table
    }

    private static func workload(_ arguments: ParsedArguments) throws(ToolError) -> Workload {
        var workload = Workload()
        let records = try arguments.value(.benchRecords, OptionValue.count)
        let duration = try arguments.value(.duration, OptionValue.duration)
        if records != nil, duration != nil { throw .usage("options --num-records and --duration exclude each other") }
        if let records { workload.length = .records(records) }
        if let duration { workload.length = .time(duration) }
        workload.rate = try arguments.value(.throughput, OptionValue.recordRate) ?? nil
        workload.warmup = try arguments.value(.warmup, OptionValue.warmup) ?? 0
        if let records, workload.warmup >= records {
            throw .usage("option --warmup-records: \(workload.warmup) must be less than --num-records")
        }
        let sources = [Option.Name.size, .payloadFile, .payloadMonotonic].filter { arguments.has($0) }
        if sources.count > 1 {
            throw .usage("options --record-size/--size, --payload-file and --payload-monotonic exclude each other")
        }
        let compressibility = try arguments.value(.compressibility, OptionValue.share)
        if compressibility != nil, arguments.has(.payloadFile) || arguments.has(.payloadMonotonic) {
            throw .usage("option --compressibility: only generated values can have one")
        }
        let sizes = try arguments.value(.size, OptionValue.sizes) ?? .fixed(100)
        workload.payload = .random(sizes, compressibility: compressibility)
        if arguments.has(.payloadMonotonic) { workload.payload = .monotonic }
        workload.headers = try arguments.value(.headers, OptionValue.headers) ?? (0, 0)
        let range = try arguments.value(.keyRange, OptionValue.count)
        switch try arguments.value(.keyDistribution, OptionValue.word) ?? (range == nil ? .none : KeyDistribution.range)
        {
        case .none:
            if range != nil { throw .usage("option --message-key-range needs --key-distribution range or random") }
        case .range: workload.keys = .range(range ?? 10_000)
        case .random: workload.keys = .random(range ?? 10_000)
        }
        return workload
    }
}
