// SPDX-License-Identifier: Apache-2.0

/// `kprod replay`: what `--dead-letter` kept is sent again, as it was.
struct ReplayCommand: Command {
    static let syntax = CommandSyntax(
        name: "replay",
        summary: "Send the records of dead-letter files again.",
        operands: "FILE…",
        options: [
            .brokers,
            Option(.topic, "t", "topic", "TOPIC", help: "Send them to TOPIC instead of where they were meant to go."),
            .property, .configFile, .profile, .compression, .waitBroker,
        ] + flow + Option.outcomes + [.drainTimeout] + Option.reporting + [.quiet, .help],
        notes: [
            "The same as kprod produce --format json --preserve all: topic, partition, key, headers and time are those of "
                + "the first attempt. Records that may be in the log already are marked \"persisted\":\"possibly\" in FILE; "
                + "sending them again can write them twice. FILE itself is not changed: remove it when all is delivered."
        ],
        examples: ["kprod replay -b $BROKERS bad.dlq --dead-letter still-bad.dlq"]
    )

    private static let flow = Option.flow.filter {
        [.count, .rate, .onError, .maximumErrors, .resend, .dryRun].contains($0.name)
    }

    private let job: ProduceJob

    init(_ arguments: ParsedArguments) throws(ToolError) {
        if arguments.operands.isEmpty { throw .usage("kprod replay needs a FILE that --dead-letter wrote, or -") }
        var job = try ProduceJob(
            arguments,
            client: try ClientOptions(arguments, defaults: ClientOptions.produceDefaults),
            needsTopic: false
        )
        job.drainTimeout = try arguments.value(.drainTimeout, OptionValue.duration)
        job.waitBroker = try arguments.value(.waitBroker, OptionValue.duration) ?? job.waitBroker
        try ProduceCommand.setFlow(of: &job, arguments)
        job.outcomes = try OutcomeOptions(arguments)
        let preserved = job.topic == nil ? PreservedField.all : PreservedField.all.subtracting([.topic])
        job.input = .json(EnvelopeRules(preserved: preserved))
        try OptionRules.check(arguments, for: job.input)
        self.job = job
    }

    func run(_ terminal: Terminal) async -> Ending { await job.run(terminal) }
}
