// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// One run of a producer: from the first record to the account.
///
/// Everything that happens comes to one loop as an event; ``RunPlan`` says what to do. The feed, the two readers of
/// outcomes and the closing are tasks; nothing here blocks.
struct Session: Sendable {
    var configuration: AsyncProducer.Configuration
    let topic: String
    var drainTimeout = Duration.seconds(10)
    /// How long draining may take at the end of the input; nil leaves it to `message.timeout.ms`.
    var endTimeout: Duration?
    /// How long nothing at all may be delivered before the brokers count as unreachable.
    var waitBroker = Duration.seconds(30)
    var isQuiet = false
    /// The number of records, if known, for the live line.
    var total: Int?
    /// Whether the latency is part of the result, and not only of a live line.
    var measuresLatency = false

    /// What a run amounts to.
    struct Result {
        var ending: Ending
        var account = Account()
        var latency = LatencyHistogram()
        var elapsed = Duration.zero
    }

    enum Event {
        case plan(RunPlan.Event)
        case firstRecord
        case waitedForBroker
        case closed(Statistics, hasAllOutcomes: Bool)
    }

    /// Runs to the end, and writes everything but the account line.
    func run(_ feed: some RecordFeed, _ terminal: Terminal) async throws(ToolError) -> Result {
        let (events, post) = AsyncStream.makeStream(of: Event.self)
        let log = ClientLog(terminal, isQuiet: isQuiet) { post.yield(.plan(.gaveUp($0))) }
        let producer = try await makeProducer(log)
        let handle = try await handle(of: producer)
        Signals.watch { post.yield(.plan(.signal($0))) }

        let start = ContinuousClock.now
        let ledger = Ledger()
        let stop = StopSwitch()
        let showsLive = terminal.isInteractive && !isQuiet
        let measures = measuresLatency || showsLive
        let successes = Task {
            for await batch in producer.successes.batches { ledger.delivered(batch, measuresLatency: measures) }
        }
        let errors = Task {
            for await error in producer.errors { ledger.failed(error) }
        }
        let feeding = Task { () -> [ToolError] in
            let sink = RecordSink(producer.input, topic: handle, ledger: ledger) { post.yield(.firstRecord) }
            let problems = await feed.run(into: sink, until: stop)
            post.yield(.plan(.feedEnded))
            return problems
        }
        let live = showsLive ? Task { await drawLive(producer, ledger, log, terminal) } : nil

        var plan = RunPlan(drainTimeout: drainTimeout, endTimeout: endTimeout)
        var closing: Task<Void, Never>?
        var hasAllOutcomes = true
        var statistics = producer.statistics
        loop: for await event in events {
            let actions: [RunPlan.Action]
            switch event {
            case .plan(let event): actions = plan.receive(event)
            case .firstRecord:
                post.yield(.waitedForBroker, after: waitBroker)
                continue
            case .waitedForBroker:
                guard let reason = unreachable(producer, log) else { continue }
                actions = plan.receive(.gaveUp(reason))
            case .closed(let final, let isComplete):
                (statistics, hasAllOutcomes) = (final, isComplete)
                break loop
            }
            for action in actions {
                switch action {
                case .stopReading: stop.turnOn()
                case .close: closing = Task { post.yield(await close(producer)) }
                case .startTimer(let duration): post.yield(.plan(.deadlinePassed), after: duration)
                case .announceDrain(let limit):
                    let count = NumberText.grouped(producer.inFlightCount)
                    terminal.error(
                        "interrupted: draining \(count) records, up to \(NumberText.limit(limit)) (again to drop them)"
                    )
                case .announceDrop:
                    terminal.error("dropping \(NumberText.grouped(producer.inFlightCount)) records")
                case .drop:
                    feeding.cancel()
                    closing?.cancel()
                }
            }
        }
        // Without all outcomes the streams stay open; what came up to now is in the ledger.
        if hasAllOutcomes {
            await successes.value
            await errors.value
        }
        let elapsed = start.duration(to: .now)
        live?.cancel()
        await live?.value
        terminal.clear()
        let problems = await feeding.value
        let (account, failures) = ledger.close(with: statistics)
        for problem in plan.reasons + problems { terminal.error(problem.message) }
        for line in failures.lines { terminal.error(line) }
        if !account.isBalanced {
            terminal.error("the account does not add up, \(account.read) records were read: please report this")
        }
        let ending = Verdict.ending(account, failures.causes, plan, problems)
        return Result(ending: ending, account: account, latency: ledger.latency, elapsed: elapsed)
    }

    private func makeProducer(_ log: ClientLog) async throws(ToolError) -> AsyncProducer {
        var configuration = configuration
        configuration.logHandler = { log.handle($0) }
        do throws(KafkaError) {
            return try await AsyncProducer(configuration)
        } catch {
            throw ToolError(.configuration, error.message)
        }
    }

    private func handle(of producer: AsyncProducer) async throws(ToolError) -> Topic {
        do throws(KafkaError) {
            return try producer.topic(topic)
        } catch {
            producer.asyncClose()
            throw .usage("option -t/--topic: \(error.message)")
        }
    }

    /// Waits for every outcome; a cancelled task gives up what is not delivered by then.
    private func close(_ producer: AsyncProducer) async -> Event {
        do throws(CloseError) {
            // Records have their own deadline, message.timeout.ms; the limits of a run are timers of the plan.
            return .closed(try await producer.close(deadline: .seconds(86_400)).statistics, hasAllOutcomes: true)
        } catch {
            let statistics = error.report?.statistics ?? producer.statistics
            return .closed(statistics, hasAllOutcomes: statistics.inFlight == 0)
        }
    }

    /// Why there is no sense in waiting for a first delivery any longer; nil when there is.
    private func unreachable(_ producer: AsyncProducer, _ log: ClientLog) -> ToolError? {
        let statistics = producer.statistics
        // A code above zero is the answer of a broker.
        let hasAnswer = statistics.succeeded > 0 || statistics.failedByCause.keys.contains { $0.rawValue > 0 }
        if hasAnswer || statistics.inFlight == 0 { return nil }
        let why = log.trouble.map { printable($0.message, limit: 500) } ?? "no broker answered"
        let servers = printable(configuration.bootstrapServers.joined(separator: ","))
        return ToolError(
            .unavailable,
            "nothing could be delivered to \(servers) within \(NumberText.limit(waitBroker)) (--wait-broker): \(why); "
                + "check -b and that the brokers are up"
        )
    }

    private func drawLive(_ producer: AsyncProducer, _ ledger: Ledger, _ log: ClientLog, _ terminal: Terminal) async {
        var line = LiveLine(title: topic, total: total)
        while !Task.isCancelled {
            var snapshot = ledger.snapshot(at: .now)
            snapshot.inFlight = producer.inFlightCount
            snapshot.trouble = log.trouble.map { "waiting: \(printable($0.message, limit: 60))" }
            terminal.draw(line.text(snapshot, columns: terminal.columns))
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}

extension AsyncStream<Session.Event>.Continuation {
    /// Posts an event later; nobody minds one that comes after the end.
    fileprivate func yield(_ event: Session.Event, after delay: Duration) {
        Task {
            try? await Task.sleep(for: delay)
            yield(event)
        }
    }
}
