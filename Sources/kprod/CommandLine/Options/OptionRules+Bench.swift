// SPDX-License-Identifier: Apache-2.0

extension OptionRules {
    private static let perfLines = "--num-records and --throughput, with which perf-test's lines are written"
    private static let noPerfLines = "perf-test's lines are not written"

    private static let benchExcluded: [Exclusion] = [
        (.reportingInterval, [.json, .csv], noPerfLines), (.printMetrics, [.json, .csv], noPerfLines),
    ]

    private static let benchNeeded: [Need] =
        [
            (.payloadDelimiter, [.payloadFile], "--payload-file FILE"),
            (.reportingInterval, [.benchRecords], perfLines), (.reportingInterval, [.throughput], perfLines),
            (.printMetrics, [.benchRecords], perfLines), (.printMetrics, [.throughput], perfLines),
        ] + Option.faults.map { ($0.name, [.mock], "--mock, whose brokers can be told to fail") }

    /// Refuses what a benchmark would ignore.
    static func checkBench(_ arguments: ParsedArguments) throws(ToolError) {
        if arguments.has(.compare), let other = arguments.first(besides: [.compare, .help]) {
            throw .usage(
                "option \(arguments.spelling(other)) does nothing with --compare: nothing is run; leave out one of them"
            )
        }
        try check(arguments, benchExcluded, benchNeeded)
    }
}
