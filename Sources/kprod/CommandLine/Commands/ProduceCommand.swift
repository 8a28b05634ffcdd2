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
        let isCreated = arguments.has(.createTopic)
        let client = try ClientOptions(
            arguments,
            defaults: ClientOptions.produceDefaults,
            // What --create makes is made as it says, and not by the first question about it.
            creation: arguments.has(.mock)
                ? .asConfigured : arguments.has(.checkTopic) || isCreated ? .never : .unlessConfigured
        )
        let preserved = try arguments.value(.preserve, PreservedField.list)
        let namesTopics =
            try arguments.value(.template, OptionValue.template)?.hasTopic ?? (preserved?.contains(.topic) == true)
        var job = try ProduceJob(arguments, client: client, needsTopic: !namesTopics)
        job.drainTimeout = try arguments.value(.drainTimeout, OptionValue.duration)
        job.waitBroker = try arguments.value(.waitBroker, OptionValue.duration) ?? job.waitBroker
        if job.topic == nil, arguments.has(.checkTopic) || isCreated {
            throw .usage("options --check-topic and --create need -t TOPIC")
        }
        var creation: TopicCreation?
        if isCreated {
            creation = TopicCreation(
                partitions: try arguments.value(.newPartitions, OptionValue.number(to: 1_000_000)),
                replicationFactor: try arguments.value(.replicationFactor, OptionValue.number(to: 1_000)),
                client: client
            )
        }
        job.check = job.topic.map { topic in
            TopicCheck(
                topic: topic,
                creates: arguments.has(.mock) || client.given["allow.auto.create.topics"] == "true",
                creation: creation,
                isRequired: arguments.has(.checkTopic) || isCreated,
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
