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
        /// Lines of Kafka's console producer.
        case console(ConsoleRules)
        /// Records that look like a template.
        case template(Template)
        /// Records with their length in front.
        case framed(FrameParser.Prefix, hasKey: Bool)
        /// Values of the command line; nil is a tombstone.
        case values([[UInt8]?])
        /// JSON that describes records.
        case json(EnvelopeRules)

        var hasLines: Bool {
            switch self {
            case .lines, .console: true
            case .whole, .template, .framed, .values, .json: false
            }
        }

        /// How records are told apart; a run that does it otherwise numbers them otherwise.
        var formatName: String {
            switch self {
            case .lines(let delimiter): "lines ending in \(delimiter.bytes)"
            case .json: "json"
            case .console: "console"
            case .whole: "file"
            default: "\(self)"
            }
        }

        /// Whether the bytes of a packed file make no sense.
        var isText: Bool {
            switch self {
            case .lines, .console, .json, .template: true
            case .whole, .framed, .values: false
            }
        }

        var readsSources: Bool {
            if case .values = self { return false }
            return true
        }
    }

    let client: ClientOptions
    /// Nil when every record names its own.
    let topic: String?
    var input = Input.lines(.newline)
    var sources: [InputSource] = [.standardInput]
    var rules = RecordRules()
    /// The key of records that bring none of their own.
    var key: [UInt8]?
    var defaults = RecordDefaults()
    /// How often the input is sent.
    var repeatCount = 1
    /// Whether files are read on when they grow.
    var isFollowing = false
    /// Whether what they hold already is not wanted.
    var isFromEnd = false
    /// Whether everything is read and nothing sent.
    var isDryRun = false
    var errorPolicy = ErrorPolicy()
    /// How records are put into transactions, where the client has a transactional id.
    var transactions = TransactionPlan()
    /// Whether records with keys are sent again one by one when a broker refuses their batch.
    var resendsKeys = false
    var outcomes = OutcomeOptions()
    var checkpoint = CheckpointOptions()
    /// Holds the key of records that bring none of their own.
    var keyFile: FilePath?
    /// Whether the name of a file is the key of its records.
    var isKeyedByName = false
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
    /// Gets told how much of the input was read; made for each run.
    var meter: InputMeter?

    /// What people probably did not mean.
    private var advice: [String] {
        defaults.headers.compactMap { header in
            guard header.value == nil, let colon = header.name.firstIndex(of: ":") else { return nil }
            let (name, value) = (header.name[..<colon], header.name[colon...].dropFirst())
            return "option -H: \"\(printable(header.name))\" is a header without a value; with one it is "
                + "-H \(printable(ShellWord.quoted("\(name)=\(value.drop { $0 == " " })")))"
        }
    }

    init(client: ClientOptions, topic: String?) {
        self.client = client
        self.topic = topic
    }

    func run(_ terminal: Terminal) async -> Ending {
        let client: ClientOptions.Resolved
        let feed: any RecordFeed
        var metered = self
        if input.readsSources, !isFollowing { metered.meter = InputMeter(sources, times: repeatCount) }
        let notices = Notices { [isQuiet] in
            if !isQuiet { terminal.note("kprod: \($0)") }
        }
        var defaults = defaults
        defaults.notices = notices
        do throws(ToolError) {
            client = try await self.client.resolve(needsServers: !isDryRun)
            if !isQuiet { for line in client.advice + advice { terminal.note(line) } }
            feed = try await metered.makeFeed(limit: client.recordLimit, notices: notices)
        } catch {
            return Session.refuse(error, terminal, hasSummary: outcomes.hasSummary)
        }
        if isDryRun {
            var run = DryRun(defaults: defaults, errorPolicy: errorPolicy, limit: client.recordLimit)
            // Servers of a file or the environment may be those of another day.
            if self.client.given["bootstrap.servers"] != nil {
                run.query = ClusterQuery(client: self.client, timeout: min(waitBroker, .seconds(10)))
            }
            run.topic = topic
            run.partitioning = client.configuration.partitioning
            run.showsAll = verbosity > 0
            run.hasSummary = outcomes.hasSummary
            return await run.run(feed, terminal, checkingFirst: checkSources)
        }
        var session = Session(configuration: client.configuration, topic: topic)
        do throws(ToolError) {
            try setTransactions(of: &session)
        } catch {
            return Session.refuse(error, terminal, hasSummary: outcomes.hasSummary)
        }
        session.drainTimeout = drainTimeout ?? .seconds(10)
        session.endTimeout = drainTimeout
        session.waitBroker = waitBroker
        session.check = check
        session.isQuiet = isQuiet
        session.verbosity = verbosity
        if session.transactions == nil { session.errorPolicy = errorPolicy }
        session.defaults = defaults
        session.outcomes = outcomes
        session.checkpoint = checkpoint
        session.checkpoint.isTransactional = session.transactions != nil
        session.sources = sources
        session.resendsKeys = resendsKeys
        session.replayCommand = self.client.replayCommand
        if outcomes.hasDeadLetters { session.defaults.maximumBytes = client.recordLimit }
        if isTeed { session.outputs.append(.standardOutput) }
        session.progress = progress
        session.meter = metered.meter
        let sharesTerminal = (outcomes.report == "-" || isTeed) && isatty(STDOUT_FILENO) == 1
        if sharesTerminal {
            if progress.kind == .bar {
                let reason = "option --progress bar: the records' lines go to this terminal, too; give --report a FILE"
                return Session.refuse(.usage(reason), terminal, hasSummary: outcomes.hasSummary)
            }
            if progress.kind == .auto { session.progress.kind = .none }
        }
        if input.readsSources, sources.contains(.standardInput), isatty(STDIN_FILENO) == 1 {
            guard takesInput else {
                let reason = "option --no-input: standard input is a terminal; name a FILE, or pipe records in"
                return Session.refuse(.usage(reason), terminal, hasSummary: outcomes.hasSummary)
            }
            if !isQuiet { session.talk(on: terminal) }
        }
        return await session.run(feed, terminal, checkingFirst: checkSources, checkingOutputs: checkUses)
    }

    /// Looks at every file of the run before anything is read or written.
    private func checkSources() throws(ToolError) {
        try checkUses()
        if !input.readsSources { return }
        for source in sources {
            try source.check(mayComeLater: isFollowing)
            if input.isText { try source.checkIsNotPacked() }
        }
    }

    private func checkUses() throws(ToolError) {
        var uses = FileUses()
        if input.readsSources {
            for source in sources {
                switch source {
                case .standardInput: try uses.readStandardInput()
                case .file(let path): try uses.read(path, for: "the input")
                }
            }
        }
        if let keyFile { try uses.read(keyFile, for: "option --key-file") }
        if let file = client.file { try uses.read(FilePath(file.path), for: "the configuration") }
        if isTeed { try uses.writeStandardOutput(for: "option -T") }
        try outcomes.claim(&uses)
        try progress.claim(&uses)
        try checkpoint.claim(&uses)
    }
}
