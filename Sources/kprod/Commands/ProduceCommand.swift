// SPDX-License-Identifier: Apache-2.0

/// `kprod produce`: lines, files or values of the command line become records.
struct ProduceCommand: Command {
    /// How the input is cut into records.
    private enum Format: String, CaseIterable {
        case lines, kv, file
    }

    private let job: ProduceJob

    init(_ arguments: ParsedArguments) throws(ToolError) {
        // A mistyped topic is found out sooner than the brokers could be given up.
        let defaults = ["partitioner": "murmur2_random", "topic.metadata.propagation.max.ms": "10000"]
        let client = try ClientOptions(arguments, defaults: defaults)
        var job = try ProduceJob(arguments, client: client)
        job.drainTimeout = try arguments.value(.drainTimeout, OptionValue.duration)
        job.waitBroker = try arguments.value(.waitBroker, OptionValue.duration) ?? job.waitBroker
        if arguments.has(.checkTopic) || arguments.has(.createTopic) {
            job.check = TopicCheck(topic: job.topic, creates: arguments.has(.createTopic), timeout: job.waitBroker)
        }
        job.rules.empty = try arguments.value(.empty, OptionValue.word) ?? .skip
        job.rules.emptyFieldIsNull = job.rules.empty == .null
        job.rules.nullMarker = try arguments.value(.nullMarker, OptionValue.bytes)
        job.rules.chompsReturn = arguments.has(.chompReturn)
        job.rules.keyDelimiter = try arguments.value(.keyDelimiter, OptionValue.delimiter)
        try Self.setFlow(of: &job, arguments)
        try Self.setInput(of: &job, arguments)
        self.job = job
    }

    func run(_ terminal: Terminal) async -> Ending { await job.run(terminal) }

    private static func setInput(of job: inout ProduceJob, _ arguments: ParsedArguments) throws(ToolError) {
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
        switch format {
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
