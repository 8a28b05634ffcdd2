// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What can happen during a run.
enum SessionEvent: Sendable {
    case plan(RunPlan.Event)
    case firstRecord
    /// Long enough after the first record for a delivery.
    case waitedForBroker
    /// The producer is closed, or can say no more about some records.
    case closed
    /// Somebody wants to know how far it has come (SIGUSR1).
    case snapshotRequested
    /// Every outcome of the producer was read, or will not come.
    case outcomesRead
    /// Every outcome is in the ledger, or will not come.
    case settled
}

/// The moving parts of a session.
///
/// Everything that happens comes to one loop; ``RunPlan`` says what to do about it. The feed, the readers of outcomes
/// and the closing are tasks of their own, and nothing here blocks.
struct SessionRun {
    /// How long reports are waited for that the client did not have when it closed.
    private static let patience = Duration.seconds(5)

    private let session: Session
    private let producer: AsyncProducer
    private let log: ClientLog
    private let terminal: Terminal
    private let post: AsyncStream<SessionEvent>.Continuation
    private let ledger: Ledger
    private let stop = StopSwitch()
    private var plan: RunPlan
    private var feeding: Task<[ToolError], Never>?
    private var closing: Task<Void, Never>?
    private var resender: Resender?

    init(
        _ session: Session,
        _ producer: AsyncProducer,
        _ log: ClientLog,
        _ terminal: Terminal,
        _ post: AsyncStream<SessionEvent>.Continuation
    ) {
        self.session = session
        self.producer = producer
        self.log = log
        self.terminal = terminal
        self.post = post
        ledger = Ledger(session.errorPolicy, session.conversation) { post.yield(.plan(.tooManyErrors($0))) }
        plan = RunPlan(drainTimeout: session.drainTimeout, endTimeout: session.endTimeout)
    }

    /// Feeds, delivers, closes; writes everything but the account.
    mutating func finish(
        _ feed: some RecordFeed,
        to topic: Topic?,
        _ events: AsyncStream<SessionEvent>
    ) async -> Session.Result {
        let start = ContinuousClock.now
        let view = view()
        let measures = view.isShown
        let resender = Resender(configuration) { [ledger, outcomes = session.log, onDelivered, giveUp] in
            OutcomeReaders(
                $0,
                ledger,
                measuresLatency: measures,
                log: outcomes,
                onDelivered: onDelivered,
                onHopeless: giveUp
            )
        }
        self.resender = resender
        let readers = OutcomeReaders(
            producer,
            ledger,
            measuresLatency: measures,
            log: session.log,
            onDelivered: onDelivered,
            isRetried: { await resender.take($0) },
            onHopeless: giveUp
        )
        let live = view.isShown ? view.run() : nil
        for output in session.outputs { output.start { [post] in post.yield(.plan(.outputFailed($0))) } }
        let saving = session.log?.checkpoint.map { [post, letters = session.log?.deadLetters] in
            CheckpointLoop($0, letters) { post.yield(.plan(.outputFailed($0))) }
        }
        startFeeding(feed, to: topic)

        for await event in events {
            if case .settled = event { break }
            if case .snapshotRequested = event { terminal.note(view.snapshot().line) }
            if case .closed = event { awaitOutcomes(readers) }
            if case .outcomesRead = event { settle(resender) }
            for action in actions(for: event) { perform(action) }
        }
        let elapsed = start.duration(to: .now)
        await live?.stop()
        var problems = await feeding?.value ?? []
        for output in session.outputs {
            if let problem = await output.close(), !plan.reasons.contains(problem) { problems.append(problem) }
        }
        if let problem = await saving?.finish(), !plan.reasons.contains(problem) { problems.append(problem) }
        if let fatal = ledger.fatal {
            let problem = ClientLog.failure(fatal.message)
            if !plan.reasons.contains(problem) { problems.append(problem) }
        }
        let (account, failures) = ledger.close(with: producer.statistics, resent: resender.statistics)
        for problem in plan.reasons + problems { terminal.error(problem.message) }
        for line in failures.lines { terminal.error(line) }
        if let path = session.log?.checkpoint?.unfinishedPath {
            terminal.error("not all of the input is done: repeat the command line with --checkpoint \(path) --resume")
        }
        for line in session.log?.deadLetters?.notes(session.configuration) ?? [] { terminal.error(line) }
        if !account.isBalanced {
            let read = NumberText.grouped(account.read)
            terminal.error("the account does not add up, \(read) records were read: please report this")
        }
        let ending = Verdict.ending(account, failures.causes, plan, problems)
        return Session.Result(ending: ending, account: account, failures: failures, elapsed: elapsed)
    }

    private var configuration: AsyncProducer.Configuration {
        var configuration = session.configuration
        configuration.logHandler = { [log] in log.handle($0) }
        return configuration
    }

    private var giveUp: @Sendable (ToolError) -> Void { { [post] in post.yield(.plan(.gaveUp($0))) } }

    private var inFlightCount: Int { producer.inFlightCount + (resender?.inFlightCount ?? 0) }

    private func view() -> LiveView {
        LiveView(
            title: session.topic ?? "records",
            total: session.total,
            session.progress,
            isQuiet: session.isQuiet,
            statsOutput: session.statsOutput,
            conversation: session.conversation,
            terminal,
            look: { [ledger, producer] in
                var snapshot = ledger.snapshot(at: .now)
                snapshot.inFlight = producer.inFlightCount
                return snapshot
            },
            trouble: { [log] in log.trouble }
        )
    }

    /// What kcat says at `-vvv`.
    private var onDelivered: (@Sendable (SuccessBatch) -> Void)? {
        guard session.verbosity > 2 else { return nil }
        return { [terminal] batch in
            for message in batch {
                let offset = message.offset.map { String($0) } ?? "unknown"
                let broker = message.brokerID.map { " on broker \($0)" } ?? ""
                terminal.note("Message delivered to partition \(message.partition) (offset \(offset))\(broker)")
            }
        }
    }

    private mutating func startFeeding(_ feed: some RecordFeed, to topic: Topic?) {
        feeding = Task { [producer, ledger, log, post, stop, session] in
            if let reason = await Self.check(session, producer, log, until: stop) {
                post.yield(.plan(.gaveUp(reason)))
                post.yield(.plan(.feedEnded))
                return []
            }
            let sink = RecordSink(
                .producer(producer.input, topic),
                defaults: session.defaults,
                ledger: ledger,
                stop: stop,
                log: session.log
            ) { post.yield(.firstRecord) }
            sink.conversation = session.conversation
            let problems = await feed.run(into: sink, until: stop)
            post.yield(.plan(.feedEnded))
            return problems
        }
    }

    /// Why there is no sense in reading anything.
    private static func check(
        _ session: Session,
        _ producer: AsyncProducer,
        _ log: ClientLog,
        until stop: StopSwitch
    ) async -> ToolError? {
        guard let check = session.check else { return nil }
        let look = Task { await check.failure(producer, log) }
        stop.onStop { look.cancel() }
        return await withTaskCancellationHandler {
            await look.value
        } onCancel: {
            look.cancel()
        }
    }

    private mutating func actions(for event: SessionEvent) -> [RunPlan.Action] {
        switch event {
        case .plan(let event): return plan.receive(event)
        case .firstRecord: yield(.waitedForBroker, after: session.waitBroker)
        case .waitedForBroker:
            if let reason = unreachable() { return plan.receive(.gaveUp(reason)) }
        case .snapshotRequested, .closed, .outcomesRead, .settled: break
        }
        return []
    }

    private mutating func perform(_ action: RunPlan.Action) {
        switch action {
        case .stopReading:
            stop.turnOn()
            session.conversation?.end()
        case .close:
            closing = Task { [producer, post] in
                // Records have their own deadline, message.timeout.ms; the limits of a run are timers of the plan. What
                // close has to say is in the ledger and in the producer's statistics.
                _ = try? await producer.close(deadline: .seconds(86_400))
                post.yield(.closed)
            }
        case .startTimer(let duration): yield(.plan(.deadlinePassed), after: duration)
        case .announceDrain(let limit):
            let (count, time) = (NumberText.records(inFlightCount), NumberText.limit(limit))
            terminal.error("interrupted: draining \(count), up to \(time) (again to drop them)")
        case .announceDrop(let reason):
            terminal.error("\(reason): dropping \(NumberText.records(inFlightCount))")
        case .drop:
            feeding?.cancel()
            closing?.cancel()
            resender?.drop()
        }
    }

    /// Posts an event later; one that comes after the end disturbs nobody.
    private func yield(_ event: SessionEvent, after delay: Duration) {
        Task { [post] in
            try? await Task.sleep(for: delay)
            post.yield(event)
        }
    }

    /// Waits for the readers to come to the end, which they do not while a thread of the client is stuck, in the
    /// resolution of a name for example.
    private func awaitOutcomes(_ readers: OutcomeReaders) {
        Task { [post] in
            await readers.finish()
            post.yield(.outcomesRead)
        }
        yield(.outcomesRead, after: Self.patience)
    }

    /// What was sent again has its outcomes last.
    private func settle(_ resender: Resender) {
        Task { [post] in
            await resender.finish()
            post.yield(.settled)
        }
    }

    /// Why there is no sense in waiting for a first delivery any longer; nil when there is.
    private func unreachable() -> ToolError? {
        let statistics = producer.statistics
        // A code above zero is the answer of a broker.
        let hasAnswer = statistics.succeeded > 0 || statistics.failedByCause.keys.contains { $0.rawValue > 0 }
        if hasAnswer || statistics.inFlight == 0 { return nil }
        let why = log.trouble?.text ?? "no broker answered"
        let configuration = session.configuration
        let servers = printable(
            configuration.librdkafka["bootstrap.servers"] ?? configuration.bootstrapServers.joined(separator: ",")
        )
        return ToolError(
            .unavailable,
            "nothing could be delivered to \(servers) within \(NumberText.limit(session.waitBroker)) (--wait-broker): "
                + "\(why); check -b and that the brokers are up"
        )
    }
}
