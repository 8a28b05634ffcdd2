// SPDX-License-Identifier: Apache-2.0

extension OutcomeOptions {
    init(_ arguments: ParsedArguments) throws(ToolError) {
        report = try arguments.value(.report, OptionValue.outputPath)
        format = try arguments.value(.reportFormat, Report.Format.init(word:)) ?? .ndjson
        scope = try arguments.value(.reportScope, OptionValue.word) ?? .all
        showsKey = arguments.has(.reportKey)
        deadLetters = try arguments.value(.deadLetter, OptionValue.outputPath)
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
