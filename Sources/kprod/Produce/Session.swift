// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// One run of a producer: from the first record to the account.
///
/// Here is what it is asked for; ``SessionParts`` does it, and ``RunLoop`` brings it to its end.
struct Session: Sendable {
    var configuration: AsyncProducer.Configuration
    /// Nil when every record names its own.
    let topic: String?
    var drainTimeout = Duration.seconds(10)
    /// How long draining may take at the end of the input; nil leaves it to `message.timeout.ms`.
    var endTimeout: Duration?
    /// How long nothing at all may be delivered before the brokers count as unreachable.
    var waitBroker = Duration.seconds(30)
    /// What is made sure of before anything is read.
    var check: TopicCheck?
    var isQuiet = false
    /// How often `-v` was given.
    var verbosity = 0
    /// The number of records, if known, for the live line.
    var total: Int?
    /// Knows how much of the input was read.
    var meter: InputMeter?
    /// With whoever types the records on this terminal.
    var conversation: Conversation?
    var progress = ProgressOptions()
    /// Gets the objects of the progress; one of the outputs.
    var statsOutput: OutputWriter?
    /// Whether records with keys are sent again one by one, too, when a broker refuses their batch.
    var resendsKeys = false
    /// How records are put into transactions; nil does not.
    var transactions: TransactionPlan?
    /// How what failed can be sent again, but for the file.
    var replayCommand = "kprod replay"
    /// When to stop because of failures.
    var errorPolicy = ErrorPolicy()
    /// What every record has in common.
    var defaults = RecordDefaults()
    /// What is to be written of each record.
    var outcomes = OutcomeOptions()
    /// Whether a run can go on from where this one ends; the inputs are those of the feed.
    var checkpoint = CheckpointOptions()
    var sources: [InputSource] = []
    /// Writes it; nil when nothing is.
    private(set) var log: OutcomeLog?
    /// What is written while the run goes on; closed before the account.
    var outputs: [OutputWriter] = []

    init(configuration: AsyncProducer.Configuration, topic: String?) {
        self.configuration = configuration
        self.topic = topic
    }

    /// Records are typed: each is answered before the next, and none waits for others.
    mutating func talk(on terminal: Terminal) {
        conversation = Conversation(terminal)
        let standard = AsyncProducer.Configuration.Batching().linger
        if configuration.batching.linger == standard { configuration.batching.linger = .zero }
    }

    /// What a run amounts to.
    struct Result {
        var ending: Ending
        var account = Account()
        var failures = FailureGroups()
        var elapsed = Duration.zero
        var transactions: Transactions.Counts?
        /// What went wrong with the run itself.
        var problems: [ToolError] = []
    }

    /// Runs and writes the account, which is the last line also of a run that never began.
    ///
    /// `check` looks before anything is opened, and `checkOutputs` when what is written is there: two names may have turned
    /// out to be one file.
    func run(
        _ feed: any RecordFeed,
        _ terminal: Terminal,
        checkingFirst check: () throws(ToolError) -> Void = {},
        checkingOutputs checkOutputs: () throws(ToolError) -> Void = {}
    ) async -> Ending {
        var result: Result
        var session = self
        do throws(ToolError) {
            try check()
            let (events, post) = AsyncStream.makeStream(of: RunEvent.self)
            // Before anything can take time: from here on a signal never ends the process without an account.
            Signals.watch { post.yield(.plan(.signal($0))) }
            Signals.watchSnapshotRequests { post.yield(.snapshotRequested) }
            if terminal.isInteractive { Signals.watchJobControl(terminal) }
            if let signal = try await session.openOutputs(terminal, events, post) {
                result = Result(ending: .signal(signal))
                session.report(&result, terminal)
                return result.ending
            }
            try checkOutputs()
            let log = ClientLog(
                terminal,
                isQuiet: isQuiet,
                isVerbose: isVerbose,
                failsFast: errorPolicy.failsFast
            ) { post.yield(.plan(.gaveUp($0))) }
            let producer = try await makeProducer(log)
            let handle = try topic.map { name throws(ToolError) in try resolve(name, producer) }
            let parts = SessionParts(session, feed, producer, to: handle, log, terminal, post)
            var loop = RunLoop(RunPlan(drainTimeout: drainTimeout, endTimeout: endTimeout), parts, terminal, post)
            await loop.run(events)
            result = session.conclude(loop, parts, terminal)
        } catch {
            terminal.error(error.message)
            result = Result(ending: .status(error.status))
            result.problems = [error]
        }
        session.report(&result, terminal)
        return result.ending
    }

    /// Says what went wrong, and makes the account.
    private func conclude(_ loop: RunLoop, _ parts: SessionParts, _ terminal: Terminal) -> Result {
        var problems: [ToolError] = []
        for problem in parts.allProblems where !(loop.plan.reasons + problems).contains(problem) {
            problems.append(problem)
        }
        if let fatal = parts.ledger.fatal {
            let problem = ClientLog.failure(fatal.message)
            if !loop.plan.reasons.contains(problem) { problems.append(problem) }
        }
        let (account, failures) = parts.account
        for problem in loop.plan.reasons + problems { terminal.error(problem.message) }
        for line in failures.lines { terminal.error(line) }
        if let counts = parts.transactionCounts, !isQuiet { terminal.note(counts.line) }
        if let path = log?.checkpoint?.unfinishedPath {
            terminal.error("not all of the input is done: repeat the command line with --checkpoint \(path) --resume")
        }
        let command = transactions == nil ? replayCommand : nil
        for line in log?.deadLetters?.notes(command) ?? [] { terminal.error(line) }
        if !account.isBalanced {
            let read = NumberText.grouped(account.read)
            terminal.error("the account does not add up, \(read) records were read: please report this")
        }
        let ending = Verdict.ending(account, failures.causes, loop.plan, problems)
        return Result(
            ending: ending,
            account: account,
            failures: failures,
            elapsed: loop.elapsed,
            transactions: parts.transactionCounts,
            problems: loop.plan.reasons + problems
        )
    }

    /// What kcat says at `-vvv`.
    func onDelivered(_ terminal: Terminal) -> (@Sendable (SuccessBatch) -> Void)? {
        guard verbosity > 2 else { return nil }
        return { batch in
            for message in batch {
                let offset = message.offset.map { String($0) } ?? "unknown"
                let broker = message.brokerID.map { " on broker \($0)" } ?? ""
                terminal.note("Message delivered to partition \(message.partition) (offset \(offset))\(broker)")
            }
        }
    }

    /// The end of a run that never began; what is wrong with the command line needs no account.
    static func refuse(_ error: ToolError, _ terminal: Terminal, hasSummary: Bool) -> Ending {
        terminal.error(error.message)
        if hasSummary { FailureObject.write(error) }
        if error.status != .usage { terminal.conclude(Account().line(after: .zero)) }
        return .status(error.status)
    }

    /// Opens what is written, unless a signal comes first, which is returned: a named pipe may make wait for ever.
    private mutating func openOutputs(
        _ terminal: Terminal,
        _ events: AsyncStream<RunEvent>,
        _ post: AsyncStream<RunEvent>.Continuation
    ) async throws(ToolError) -> Int32? {
        let opening = Task { [self] () -> Swift.Result<(log: OutcomeLog?, stats: OutputWriter?), ToolError> in
            defer { post.yield(.outputsOpened) }
            do throws(ToolError) {
                let stats = try await progress.open()
                return .success((try await openOutcomes(terminal), stats))
            } catch {
                return .failure(error)
            }
        }
        for await event in events {
            if case .plan(.signal(let signal)) = event { return signal }
            if case .outputsOpened = event { break }
        }
        let opened = try await opening.value.get()
        (log, statsOutput) = (opened.log, opened.stats)
        outputs += [opened.stats].compactMap { $0 } + (opened.log?.outputs ?? [])
        return nil
    }

    /// Opens what is written of each record, and looks how far an earlier run has come.
    private func openOutcomes(_ terminal: Terminal) async throws(ToolError) -> OutcomeLog? {
        let gapLimit = configuration.buffering.maximumMessages + 100_000
        let checkpoint = try await checkpoint.open(topic: topic, sources: sources, gapLimit: gapLimit)
        var log = try await outcomes.open(topic: topic, goesOn: checkpoint?.goesOn ?? false)
        log?.isTransactional = transactions != nil
        guard let checkpoint else { return log }
        log = log ?? OutcomeLog()
        log?.checkpoint = checkpoint
        // Where it cannot be written is found out before anything is sent.
        if let problem = await checkpoint.write(after: { nil }) { throw problem }
        if checkpoint.resumedCount > 0, !isQuiet {
            let count = checkpoint.resumedCount
            let done = "\(NumberText.records(count)) \(count == 1 ? "is" : "are") done"
            terminal.error("going on: \(done) (\(printable(checkpoint.path)))")
        }
        return log
    }

    private var isVerbose: Bool { verbosity > 0 || configuration.librdkafka["debug"] != nil }

    private func report(_ result: inout Result, _ terminal: Terminal) {
        if outcomes.hasSummary {
            do throws(ToolError) {
                try StandardOutput.write(RunSummary(result, topic: topic, deadLetters: log?.deadLetters).line)
            } catch {
                terminal.error(error.message)
                if case .status(let status) = result.ending { result.ending = .status(max(status, error.status)) }
            }
        }
        let isSilent = isQuiet && result.ending == .status(.success)
        let letters = log?.deadLetters.flatMap { $0.count > 0 ? "; dead letters: \($0.writer.name)" : nil } ?? ""
        terminal.conclude(isSilent ? nil : result.account.line(after: result.elapsed) + letters)
    }

    private func makeProducer(_ log: ClientLog) async throws(ToolError) -> AsyncProducer {
        var configuration = configuration
        configuration.logHandler = { log.handle($0) }
        // None is dropped: while any waits to be written, nothing is sent.
        configuration.returns.maximumErrors = .max
        do throws(KafkaError) {
            return try await AsyncProducer(configuration)
        } catch {
            throw ToolError(.configuration, ClientWords.ofCommand(error.message))
        }
    }

    private func resolve(_ name: String, _ producer: AsyncProducer) throws(ToolError) -> Topic {
        do throws(KafkaError) {
            return try producer.topic(name)
        } catch {
            producer.asyncClose()
            if error.code == .invalidTopic { throw .usage("option -t/--topic: \(error.message)") }
            throw ToolError(.software, "the client failed for good: \(error.message)")
        }
    }
}
