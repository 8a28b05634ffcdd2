// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// The moving parts of a session: the feed, a producer with its readers, what is sent again, and what is written.
final class SessionParts: RunParts {
    private let session: Session
    private let feed: any RecordFeed
    private let producer: AsyncProducer
    private let topic: Topic?
    private let log: ClientLog
    private let terminal: Terminal
    private let post: AsyncStream<RunEvent>.Continuation
    private let view: LiveView
    private let readers: OutcomeReaders
    private let resender: Resender
    private let transactions: Transactions?
    private let saving: CheckpointLoop?
    private let live: LiveView.Running?
    let ledger: Ledger
    private let ends = Mutex<[FeedEnd]>([])
    private let problems = Mutex<[ToolError]>([])

    init(
        _ session: Session,
        _ feed: any RecordFeed,
        _ producer: AsyncProducer,
        to topic: Topic?,
        _ log: ClientLog,
        _ terminal: Terminal,
        _ post: AsyncStream<RunEvent>.Continuation
    ) {
        self.session = session
        self.feed = feed
        self.producer = producer
        self.topic = topic
        self.log = log
        self.terminal = terminal
        self.post = post
        let giveUp: @Sendable (ToolError) -> Void = { post.yield(.plan(.gaveUp($0))) }
        let ledger = Ledger(session.errorPolicy, session.conversation) { post.yield(.plan(.tooManyErrors($0))) }
        self.ledger = ledger
        view = LiveView(
            title: session.topic ?? "records",
            total: session.total,
            session.progress,
            isQuiet: session.isQuiet,
            statsOutput: session.statsOutput,
            conversation: session.conversation,
            terminal,
            look: { [meter = session.meter] in
                var snapshot = ledger.snapshot(at: .now)
                snapshot.inFlight = producer.inFlightCount
                if let meter { snapshot.input = (meter.read, meter.total) }
                return snapshot
            },
            trouble: { log.trouble }
        )
        let read: @Sendable (AsyncProducer, (@Sendable (ProducerError) async -> Bool)?) -> OutcomeReaders = {
            [measures = view.isShown] in
            OutcomeReaders(
                $0,
                ledger,
                measuresLatency: measures,
                maximumBytes: session.configuration.buffering.maximumBytes,
                recorder: session.log,
                onDelivered: session.onDelivered(terminal),
                isRetried: $1 ?? { _ in false },
                onHopeless: giveUp
            )
        }
        var configuration = session.configuration
        configuration.logHandler = { log.handle($0) }
        let resender = Resender(configuration, reorders: session.resendsKeys) { read($0, nil) }
        self.resender = resender
        // What belongs to a transaction cannot be sent again outside of it.
        let isTransactional = session.transactions != nil
        readers = read(producer) { error in
            if isTransactional { return false }
            return await resender.take(error)
        }
        transactions = session.transactions.map { plan in
            let log = TransactionLog(ledger: ledger, log: session.log) { post.yield(.plan(.outputFailed($0))) }
            return Transactions(producer, plan, log) { error in
                if let reason = error.reason(besides: ledger.contents.failures) { giveUp(reason) }
            }
        }
        live = view.isShown ? view.run() : nil
        for output in session.outputs { output.start { post.yield(.plan(.outputFailed($0))) } }
        saving = session.log.flatMap { log in
            log.checkpoint.map { CheckpointLoop($0, log) { post.yield(.plan(.outputFailed($0))) } }
        }
    }

    func feed(until stop: StopSwitch) async {
        if let reason = await check(until: stop) {
            post.yield(.plan(.gaveUp(reason)))
            return
        }
        let sink = RecordSink(
            .producer(producer.input, topic, readers.gate),
            defaults: session.defaults,
            ledger: ledger,
            stop: stop,
            recorder: session.log,
            keeper: session.log?.checkpoint,
            transactions: transactions
        ) { [post] in post.yield(.recordReady) }
        sink.listener = session.conversation
        sink.typist = session.conversation
        let ends = await feed.run(into: sink, until: stop)
        self.ends.withLock { $0 = ends }
        await endTransactions(ends, isStopped: stop.isOn)
    }

    /// A part of a load is committed when somebody wants no more, but not a part of what is all or nothing.
    private func endTransactions(_ ends: [FeedEnd], isStopped: Bool) async {
        guard let transactions, let plan = session.transactions else { return }
        let isAll = !isStopped && ends.allSatisfy { $0.problem == nil }
        let commits = ledger.contents.failures.count == 0 && (isAll || !plan.isWhole)
        guard await transactions.finish(commits: commits), commits else { return }
        // What needed no transaction is done as well.
        session.log?.checkpoint?.commit()
    }

    var transactionCounts: Transactions.Counts? { transactions?.counts }

    /// Why there is no sense in reading anything.
    private func check(until stop: StopSwitch) async -> ToolError? {
        guard let check = session.check else { return nil }
        let look = Task { [producer, log, terminal, isQuiet = session.isQuiet] in
            await check.failure(producer, log) { if !isQuiet { terminal.error($0) } }
        }
        stop.onStop { look.cancel() }
        return await withTaskCancellationHandler {
            await look.value
        } onCancel: {
            look.cancel()
        }
    }

    func stopWaiting() {
        session.conversation?.end()
        transactions?.stopBeginning()
    }

    var inFlightCount: Int { producer.inFlightCount + resender.inFlightCount }

    func close() async {
        // Records have their own deadline, message.timeout.ms; the limits of a run are timers of the plan. What close has
        // to say is in the ledger and in the producer's statistics.
        _ = try? await producer.close(deadline: .unbounded)
        await readers.finish()
        // What was sent again has its outcomes last.
        await resender.finish()
    }

    func drop() {
        transactions?.drop()
        resender.drop()
    }

    func closeOutputs() async {
        await live?.stop()
        await saving?.stop()
        for output in session.outputs {
            if let problem = await output.close() { problems.withLock { $0.append(problem) } }
        }
        if let problem = await saving?.finish() { problems.withLock { $0.append(problem) } }
    }

    func giveUpStuckOutputs() { session.outputs.forEach { $0.giveUpWhenStuck() } }

    var snapshot: [String] { [view.snapshot().line] + producer.stateLines + resender.stateLines }
    var waitBroker: Duration { session.waitBroker }

    var reachability: Reachability {
        Reachability(
            [producer.statistics],
            log.trouble,
            servers: session.configuration.serverText,
            within: session.waitBroker,
            isAsked: transactions?.isBeginning ?? false
        )
    }

    func watchForReadyRecords() { ledger.setReadyKnown(false) }

    /// How each input that was begun came to its end.
    var feedEnds: [FeedEnd] { ends.withLock { $0 } }

    /// What went wrong with the inputs and the outputs.
    var allProblems: [ToolError] { feedEnds.compactMap(\.problem) + problems.withLock { $0 } }

    /// The account at the end.
    var account: (account: Account, failures: FailureGroups) {
        ledger.close(with: producer.statistics, resent: resender.statistics)
    }
}
