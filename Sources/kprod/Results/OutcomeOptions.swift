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

    var hasDeadLetters: Bool { deadLetters != nil }
    var writesToStandardOutput: Bool { report == "-" || hasSummary }

    /// Opens the files; nil when nothing is asked for, which keeps records free of what reports need.
    func open(topic: String?) async throws(ToolError) -> OutcomeLog? {
        if report == nil, deadLetters == nil { return nil }
        var log = OutcomeLog()
        if let deadLetters {
            let writer = try await OutputFile.open(deadLetters, isAppended: true, option: "--dead-letter")
            log.deadLetters = DeadLetters(
                writer,
                isRaw ? .raw(rawDelimiter) : .envelopes,
                path: deadLetters,
                topic: topic
            )
        }
        if let report {
            let writer = try await OutputFile.open(report, isAppended: false, option: "--report")
            log.report = Report(format: format, scope: scope, showsKey: showsKey, writer: writer)
            log.report?.begin()
        }
        return log
    }
}
