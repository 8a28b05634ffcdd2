// SPDX-License-Identifier: Apache-2.0

/// What the command line wants to have written about each record.
struct OutcomeOptions: Sendable {
    var report: String?
    var format = Report.Format.ndjson
    var scope = Report.Scope.all
    var showsKey = false
    var deadLetters: String?
    /// Whether dead letters are what was read, and not what it means.
    var isRaw = false
    /// What stands behind each of those.
    var rawDelimiter = Delimiter.newline
    /// Whether the account is also written to standard output, as an object.
    var hasSummary = false

    init() {}

    /// Whether the report, if there is one, can say what became of a transaction.
    var tellsOfTransactions: Bool {
        if case .ndjson = format { true } else { report == nil }
    }

    var hasDeadLetters: Bool { deadLetters != nil }
    var writesToStandardOutput: Bool { report == "-" || hasSummary }

    /// Names the files that are written.
    func claim(_ uses: inout FileUses) throws(ToolError) {
        try uses.write(deadLetters, for: "option --dead-letter")
        try uses.write(report, for: "option --report")
        if hasSummary { try uses.writeStandardOutput(for: "option --json") }
    }

    /// Opens the files; nil when nothing is asked for, which keeps records free of what reports need.
    ///
    /// - Parameter goesOn: Whether the report is that of an earlier run, too.
    func open(topic: String?, goesOn: Bool) async throws(ToolError) -> OutcomeLog? {
        if report == nil, deadLetters == nil { return nil }
        var log = OutcomeLog()
        if let deadLetters {
            let output = try await OutputFile.open(deadLetters, isAppended: true, option: "--dead-letter")
            let form = isRaw ? DeadLetters.Form.raw(rawDelimiter) : .envelopes
            log.deadLetters = DeadLetters(output.writer, form, path: deadLetters, topic: topic)
        }
        if let report {
            let output = try await OutputFile.open(report, isAppended: goesOn, option: "--report")
            log.report = Report(format: format, scope: scope, showsKey: showsKey, writer: output.writer)
            if output.isEmpty { log.report?.begin() }
        }
        return log
    }
}
