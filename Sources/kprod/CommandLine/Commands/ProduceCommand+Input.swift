// SPDX-License-Identifier: Apache-2.0

extension ProduceCommand {
    /// How the input is cut into records.
    private enum Format: String, CaseIterable {
        case lines, kv, file, json, console, template, framed
    }

    /// What the input is.
    static func setInput(
        of job: inout ProduceJob,
        _ arguments: ParsedArguments,
        _ preserved: Set<PreservedField>?
    ) throws(ToolError) {
        let named: Format? = try arguments.value(.format, OptionValue.word)
        let delimiter = try arguments.value(.delimiter, OptionValue.delimiter)
        let format = try format(named, arguments)
        if arguments.has(.tombstone) || arguments.has(.value) {
            job.input = try .values(values(job, arguments, isCut: format != nil || delimiter != nil))
            return
        }
        let said =
            Self.meanings.first { $0.1 == format }?.0.first(where: arguments.has).map { arguments.spelling($0) }
            ?? "--format"
        let isCut = delimiter != nil || job.rules.keyDelimiter != nil
        if preserved != nil, format != .json { throw .usage("option --preserve needs --format json") }
        switch format {
        case .json:
            if isCut { throw .usage("option \(said): JSON says itself where a record ends; leave out -D and -K") }
            job.input = .json(
                EnvelopeRules(
                    preserved: preserved ?? PreservedField.usual,
                    missingValue: try arguments.value(.missingValue, OptionValue.word) ?? .error,
                    unknownMembers: try arguments.value(.unknownMembers, OptionValue.word) ?? .error
                )
            )
        case .file:
            if isCut { throw .usage("option \(said): a file is one record; leave out -D and -K") }
            job.input = .whole
        case .lines where job.rules.keyDelimiter != nil:
            throw .usage("option --format: lines have no keys; leave out -K, or say kv")
        case .kv where job.rules.keyDelimiter == nil:
            job.rules.keyDelimiter = .tab
            job.input = .lines(delimiter ?? .newline)
        case .lines, .kv, nil: job.input = .lines(delimiter ?? .newline)
        case .console:
            if isCut { throw .usage("option \(said): console has lines, and --key-separator; leave out -D and -K") }
            job.input = .console(try ConsoleRules(arguments))
        case .template:
            if isCut { throw .usage("option -f/--template: it says where records and keys end; leave out -D and -K") }
            guard let template = try arguments.value(.template, OptionValue.template) else {
                throw .usage("option --format: write the template itself with -f, such as -f '%k %v\\n'")
            }
            job.input = .template(template)
        case .framed:
            if isCut { throw .usage("option \(said): it says where records end; leave out -D and -K") }
            guard let prefix: FrameParser.Prefix = try arguments.value(.frame, OptionValue.word) else {
                throw .usage("option --format: say how lengths are written with --frame, such as --frame u32be")
            }
            job.input = .framed(prefix, hasKey: arguments.has(.keyFrame))
        }
        if job.isFollowing, !job.input.hasLines {
            throw .usage("option --follow: needs lines; for other formats: tail -F FILE | kprod produce …")
        }
        if job.isKeyedByName, format != .file { throw .usage("option --key-from-filename: needs --format file") }
    }

    /// How the fields of every record stand for their bytes, and what those get that bring none.
    static func setFields(of job: inout ProduceJob, _ arguments: ParsedArguments) throws(ToolError) {
        job.keyFile = try arguments.value(.keyFile, OptionValue.path)
        job.isKeyedByName = arguments.has(.keyFromFilename)
        if [job.keyFile != nil, job.isKeyedByName, job.key != nil].count(where: { $0 }) > 1 {
            throw .usage("options -k/--key, --key-file and --key-from-filename exclude each other")
        }
        job.defaults.time = try arguments.value(.timestamp, OptionValue.time) ?? nil
        job.defaults.encodings.key = try arguments.value(.keyEncoding, OptionValue.word) ?? .text
        job.defaults.encodings.value = try arguments.value(.valueEncoding, OptionValue.word) ?? .text
        job.defaults.encodings.header = try arguments.value(.headerEncoding, OptionValue.word) ?? .text
        job.defaults.encodings.schemaID = try arguments.value(.schemaID, OptionValue.schemaID)
        job.defaults.fields.key = try arguments.value(.keyJSON, OptionValue.pointer)
        job.defaults.fields.partition = try arguments.value(.partitionJSON, OptionValue.pointer)
        job.defaults.fields.headers = try arguments.values(.headerJSON, OptionValue.namedPointer)
        do throws(FieldEncoding.Invalid) {
            try job.defaults.encodings.decode(&job.defaults.headers)
        } catch {
            throw .usage("option -H/--header: \(error.reason); see --header-encoding")
        }
    }

    /// Options that say what the input is, beside --format.
    private static let meanings: [([Option.Name], Format)] = [
        ([.whole], .file), ([.template], .template), ([.frame, .keyFrame], .framed),
        (ConsoleRules.options, .console),
    ]

    /// Other options say it as well.
    private static func format(_ named: Format?, _ arguments: ParsedArguments) throws(ToolError) -> Format? {
        var format = named
        for (options, meant) in meanings {
            guard let option = options.first(where: arguments.has) else { continue }
            if let format, format != meant {
                throw .usage(
                    "option \(arguments.spelling(option)): the input cannot be \(meant) and \(format) at once"
                )
            }
            format = meant
        }
        return format
    }

    /// The records that the command line brings itself.
    private static func values(
        _ job: ProduceJob,
        _ arguments: ParsedArguments,
        isCut: Bool
    ) throws(ToolError) -> [[UInt8]?] {
        let values = try arguments.values(.value, OptionValue.bytes)
        if arguments.has(.tombstone) {
            if job.key == nil, job.keyFile == nil {
                throw .usage("option --tombstone needs -k/--key: it deletes what has that key")
            }
            if !values.isEmpty { throw .usage("options --value and --tombstone exclude each other") }
        }
        let option = values.isEmpty ? "--tombstone" : "--value"
        if let operand = arguments.operands.first {
            throw .usage("option \(option) reads no input, so \"\(printable(operand))\" has no place")
        }
        if isCut || job.rules.keyDelimiter != nil {
            throw .usage("option \(option) reads no input: leave out --format, -D and -K")
        }
        return values.isEmpty ? [nil] : values
    }
}
