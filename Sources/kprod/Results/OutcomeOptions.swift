// SPDX-License-Identifier: Apache-2.0

/// What the command line wants to have written about each record.
struct OutcomeOptions: Sendable {
    private var report: String?
    private var format = Report.Format.ndjson
    private var scope = Report.Scope.all
    private var showsKey = false
    private var deadLetters: String?
    /// Whether dead letters are what was read, and not what it means.
    private(set) var isRaw = false
    /// What stands behind each of those.
    var rawDelimiter = Delimiter.newline
    /// Whether the account is also written to standard output, as an object.
    private(set) var hasSummary = false

    init() {}

    init(_ arguments: ParsedArguments) throws(ToolError) {
        report = try arguments.value(.report, OptionValue.string)
        format = try arguments.value(.reportFormat, Report.Format.init(word:)) ?? .ndjson
        scope = try arguments.value(.reportScope, OptionValue.word) ?? .all
        showsKey = arguments.has(.reportKey)
        deadLetters = try arguments.value(.deadLetter, OptionValue.string)
        isRaw = arguments.has(.deadLetterRaw)
        hasSummary = arguments.has(.json)
        if report == nil, let option = [Option.Name.reportFormat, .reportScope, .reportKey].first(where: arguments.has)
        {
            throw .usage("option \(arguments.spelling(option)) needs --report FILE")
        }
        if showsKey, case .template = format { throw .usage("option --report-key: write %k into the template instead") }
        if isRaw, deadLetters == nil { throw .usage("option --dead-letter-raw needs --dead-letter FILE") }
        if deadLetters == "-" { throw .usage("option --dead-letter: a file is needed, such as bad.dlq") }
        if hasSummary, report == "-" {
            throw .usage("options --json and --report - both want standard output; give --report a FILE")
        }
        // Endless otherwise: what fails again would be read again.
        if let deadLetters, arguments.operands.contains(deadLetters) {
            throw .usage("option --dead-letter: \"\(printable(deadLetters))\" is read from, too; name another file")
        }
        if let report, report != "-", report == deadLetters || arguments.operands.contains(report) {
            throw .usage("option --report: \"\(printable(report))\" is used for something else; name another file")
        }
    }

    var hasDeadLetters: Bool { deadLetters != nil }
    var writesToStandardOutput: Bool { report == "-" || hasSummary }

    /// Opens the files; nil when nothing is asked for, which keeps records free of what reports need.
    func open(topic: String?) async throws(ToolError) -> OutcomeLog? {
        if report == nil, deadLetters == nil { return nil }
        var log = OutcomeLog()
        if let deadLetters {
            let writer = try await OutputFile.open(deadLetters, isAppended: true, option: "--dead-letter")
            log.deadLetters = DeadLetters(writer, isRaw ? .raw(rawDelimiter) : .envelopes, topic: topic)
        }
        if let report {
            let writer = try await OutputFile.open(report, isAppended: false, option: "--report")
            log.report = Report(format: format, scope: scope, showsKey: showsKey, writer: writer)
            log.report?.begin()
        }
        return log
    }
}

extension Report.Format {
    /// `ndjson`, `tsv`, or anything with a `%` in it.
    init(word: String) throws(OptionValue.Invalid) {
        switch word {
        case "ndjson": self = .ndjson
        case "tsv": self = .tsv
        default:
            guard word.contains("%") else {
                throw OptionValue.Invalid("is none of ndjson, tsv, or a template such as '%t %p %o\\n'")
            }
            self = .template(try ReportTemplate(word))
        }
    }
}
