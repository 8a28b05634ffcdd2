// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// What a command line wants to have produced, whichever grammar it was written in.
struct ProduceJob: Sendable {
    /// What the input is made of.
    enum Input: Sendable {
        /// Pieces that end at a delimiter.
        case lines(Delimiter)
        /// Each file is one record.
        case whole
        /// Values of the command line; nil is a tombstone.
        case values([[UInt8]?])
    }

    let client: ClientOptions
    let topic: String
    var input = Input.lines(.newline)
    var sources: [InputSource] = [.standardInput]
    var rules = RecordRules()
    var defaults = RecordDefaults()
    /// Whether every record is written to standard output, too.
    var isTeed = false
    /// Nil is 10 s, and no limit at the end of the input.
    var drainTimeout: Duration?
    /// Nil sends to whatever the topic is.
    var check: TopicCheck?
    var waitBroker = Duration.seconds(30)
    var isQuiet = false
    var verbosity = 0
    var progress = ProgressOptions()
    /// Whether records may be typed.
    var takesInput = true

    init(_ arguments: ParsedArguments, client: ClientOptions) throws(ToolError) {
        guard let topic = try arguments.value(.topic, OptionValue.string) else {
            throw .usage("option -t/--topic is missing; name the topic to write to")
        }
        self.client = client
        self.topic = topic
        if !arguments.operands.isEmpty { sources = arguments.operands.map { InputSource($0) } }
        rules.key = try arguments.value(.key, OptionValue.bytes)
        defaults.partition = try arguments.value(.partition, OptionValue.partition) ?? nil
        defaults.headers = try arguments.values(.header, OptionValue.header)
        defaults.limit = try arguments.value(.count, OptionValue.count)
        isQuiet = arguments.has(.quiet)
        progress = try ProgressOptions(arguments)
        takesInput = !arguments.has(.noInput)
    }

    func run(_ terminal: Terminal) async -> Ending {
        let client: ClientOptions.Resolved
        do throws(ToolError) {
            client = try await self.client.resolve()
            if !isQuiet { for line in client.advice { terminal.note(line) } }
        } catch {
            return Session.refuse(error, terminal)
        }
        var session = Session(configuration: client.configuration, topic: topic)
        session.drainTimeout = drainTimeout ?? .seconds(10)
        session.endTimeout = drainTimeout
        session.waitBroker = waitBroker
        session.check = check
        session.isQuiet = isQuiet
        session.verbosity = verbosity
        session.defaults = defaults
        if isTeed { session.outputs.append(.standardOutput) }
        session.progress = progress
        let feed = feed(limit: client.recordLimit)
        guard let feed = feed as? any SourceFeed else { return await session.run(feed, terminal) }
        if feed.sources.contains(.standardInput), isatty(STDIN_FILENO) == 1 {
            guard takesInput else {
                let reason = "option --no-input: standard input is a terminal; name a FILE, or pipe records in"
                return Session.refuse(.usage(reason), terminal)
            }
            if !isQuiet { session.talk(on: terminal) }
        }
        return await session.run(feed, terminal) { () throws(ToolError) in
            for source in feed.sources { try source.check() }
        }
    }

    private func feed(limit: Int) -> any RecordFeed {
        let tee = isTeed ? OutputWriter.standardOutput : nil
        return switch input {
        case .lines(let delimiter):
            LineFeed(sources: sources, rules: rules, delimiter: delimiter, limit: limit, tee: tee)
        case .whole: WholeFeed(sources: sources, rules: rules, limit: limit, tee: tee)
        case .values(let values): ValueFeed(values: values, rules: rules)
        }
    }
}
