// SPDX-License-Identifier: Apache-2.0

/// `kprod produce`: lines, files or values of the command line become records.
struct ProduceCommand: Command {
    /// How the input is cut into records.
    private enum Format: String, CaseIterable {
        case lines, kv, file, json
    }

    private let job: ProduceJob

    init(_ arguments: ParsedArguments) throws(ToolError) {
        let client = try ClientOptions(arguments, defaults: ClientOptions.produceDefaults)
        let preserved = try arguments.value(.preserve, PreservedField.list)
        var job = try ProduceJob(arguments, client: client, needsTopic: preserved?.contains(.topic) != true)
        job.drainTimeout = try arguments.value(.drainTimeout, OptionValue.duration)
        job.waitBroker = try arguments.value(.waitBroker, OptionValue.duration) ?? job.waitBroker
        if arguments.has(.checkTopic) || arguments.has(.createTopic) {
            guard let topic = job.topic else { throw .usage("options --check-topic and --create need -t TOPIC") }
            job.check = TopicCheck(topic: topic, creates: arguments.has(.createTopic), timeout: job.waitBroker)
        }
        job.rules.empty = try arguments.value(.empty, OptionValue.word) ?? .skip
        job.rules.emptyFieldIsNull = job.rules.empty == .null
        job.rules.nullMarker = try arguments.value(.nullMarker, OptionValue.bytes)
        job.rules.chompsReturn = arguments.has(.chompReturn)
        job.rules.keyDelimiter = try arguments.value(.keyDelimiter, OptionValue.delimiter)
        try Self.setFlow(of: &job, arguments)
        job.outcomes = try OutcomeOptions(arguments)
        try Self.setInput(of: &job, arguments, preserved)
        switch job.input {
        case .lines(let delimiter): job.outcomes.rawDelimiter = delimiter
        case .json: break
        default:
            if job.outcomes.isRaw {
                throw .usage("option --dead-letter-raw: only lines and JSON are kept as they were read")
            }
        }
        self.job = job
    }

    func run(_ terminal: Terminal) async -> Ending { await job.run(terminal) }

    private static func setInput(
        of job: inout ProduceJob,
        _ arguments: ParsedArguments,
        _ preserved: Set<PreservedField>?
    ) throws(ToolError) {
        let format: Format? = try arguments.value(.format, OptionValue.word)
        let delimiter = try arguments.value(.delimiter, OptionValue.delimiter)
        let values = try arguments.values(.value, OptionValue.bytes)
        if arguments.has(.tombstone) {
            if job.rules.key == nil { throw .usage("option --tombstone needs -k/--key: it deletes what has that key") }
            if !values.isEmpty { throw .usage("options --value and --tombstone exclude each other") }
        }
        if arguments.has(.tombstone) || !values.isEmpty {
            let option = values.isEmpty ? "--tombstone" : "--value"
            if let operand = arguments.operands.first {
                throw .usage("option \(option) reads no input, so \"\(printable(operand))\" has no place")
            }
            if format != nil || delimiter != nil || job.rules.keyDelimiter != nil {
                throw .usage("option \(option) reads no input: leave out --format, -D and -K")
            }
            job.input = .values(values.isEmpty ? [nil] : values)
            return
        }
        if preserved != nil, format != .json { throw .usage("option --preserve needs --format json") }
        switch format {
        case .json:
            if delimiter != nil || job.rules.keyDelimiter != nil {
                throw .usage("option --format: JSON says itself where a record ends; leave out -D and -K")
            }
            if job.isFollowing { throw .usage("option --follow: only lines can be followed; leave out --format json") }
            job.input = .json(preserved ?? PreservedField.usual)
        case .file:
            if delimiter != nil || job.rules.keyDelimiter != nil {
                throw .usage("option --format: a file is one record; leave out -D and -K")
            }
            job.input = .whole
        case .lines where job.rules.keyDelimiter != nil:
            throw .usage("option --format: lines have no keys; leave out -K, or say kv")
        case .kv where job.rules.keyDelimiter == nil:
            job.rules.keyDelimiter = .tab
            job.input = .lines(delimiter ?? .newline)
        case .lines, .kv, nil: job.input = .lines(delimiter ?? .newline)
        }
    }
}
