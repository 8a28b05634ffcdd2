// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// `kprod produce`: lines, files or values of the command line become records.
struct ProduceCommand: Command {
    private let job: ProduceJob

    init(_ given: ParsedArguments) throws(ToolError) {
        // Kafka's console producer has its reader's properties behind the same option as others have librdkafka's.
        let arguments = given.moving(.property, to: .readerProperty) { property in
            ConsoleRules.properties.contains { property.hasPrefix("\($0)=") }
        }
        let mayCreate = arguments.has(.createTopic) || arguments.has(.mock)
        let client = try ClientOptions(
            arguments,
            defaults: ClientOptions.produceDefaults,
            creation: mayCreate ? .asConfigured : arguments.has(.checkTopic) ? .never : .unlessConfigured
        )
        let preserved = try arguments.value(.preserve, PreservedField.list)
        let namesTopics =
            try arguments.value(.template, OptionValue.template)?.hasTopic ?? (preserved?.contains(.topic) == true)
        var job = try ProduceJob(arguments, client: client, needsTopic: !namesTopics)
        job.drainTimeout = try arguments.value(.drainTimeout, OptionValue.duration)
        job.waitBroker = try arguments.value(.waitBroker, OptionValue.duration) ?? job.waitBroker
        if job.topic == nil, arguments.has(.checkTopic) || arguments.has(.createTopic) {
            throw .usage("options --check-topic and --create need -t TOPIC")
        }
        job.check = job.topic.map { topic in
            TopicCheck(
                topic: topic,
                creates: mayCreate || client.given["allow.auto.create.topics"] == "true",
                isRequired: arguments.has(.checkTopic) || arguments.has(.createTopic),
                timeout: job.waitBroker
            )
        }
        job.verbosity = arguments.strings(.verbose).count
        job.rules.empty = try arguments.value(.empty, OptionValue.word) ?? .skip
        job.rules.emptyFieldIsNull = job.rules.empty == .null
        job.rules.nullMarker = try arguments.value(.nullMarker, OptionValue.bytes)
        job.rules.chompsReturn = arguments.has(.chompReturn)
        job.rules.keyDelimiter = try arguments.value(.keyDelimiter, OptionValue.delimiter)
        try Self.setFlow(of: &job, arguments)
        job.outcomes = try OutcomeOptions(arguments)
        try Self.setFields(of: &job, arguments)
        job.checkpoint = try CheckpointOptions(arguments)
        try Self.setInput(of: &job, arguments, preserved)
        job.checkpoint.format = job.input.formatName
        try OptionRules.check(arguments, for: job.input)
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
}
