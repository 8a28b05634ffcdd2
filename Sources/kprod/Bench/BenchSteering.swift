// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Brings a run of a benchmark to its end, by the same plan as any other run.
struct BenchSteering {
    /// How long reports are waited for that the client did not have when it closed.
    private static let patience = Duration.seconds(5)

    private let run: BenchRun
    private let lanes: [BenchRun.Lane]
    private let log: ClientLog
    private let readers: [OutcomeReaders]
    private let post: AsyncStream<SessionEvent>.Continuation
    private var plan: RunPlan
    private var feeding: Task<BenchFeed.Waits, Never>?
    private var closing: Task<Void, Never>?

    init(
        _ run: BenchRun,
        _ lanes: [BenchRun.Lane],
        _ log: ClientLog,
        _ readers: [OutcomeReaders],
        _ post: AsyncStream<SessionEvent>.Continuation
    ) {
        self.run = run
        self.lanes = lanes
        self.log = log
        self.readers = readers
        self.post = post
        plan = RunPlan(drainTimeout: run.plan.drainTimeout ?? .seconds(10), endTimeout: run.plan.drainTimeout)
    }

    mutating func feed(from start: UInt64) {
        feeding = Task { [run, lanes, post] in
            let waits = await withTaskGroup(of: BenchFeed.Waits.self) { group in
                for (index, lane) in lanes.enumerated() {
                    let feed = run.feed(lane, index: index, start: start) {
                        if index == 0 { post.yield(.firstRecord) }
                    }
                    group.addTask { await feed.run() }
                }
                return await group.reduce(into: BenchFeed.Waits()) { $0.add($1) }
            }
            post.yield(.plan(.feedEnded))
            return waits
        }
    }

    mutating func handle(_ event: SessionEvent) {
        var actions: [RunPlan.Action] = []
        switch event {
        case .plan(let event): actions = plan.receive(event)
        case .firstRecord: yield(.waitedForBroker, after: run.plan.waitBroker)
        case .waitedForBroker:
            if let reason = unreachable() { actions = plan.receive(.gaveUp(reason)) }
        case .closed: awaitOutcomes()
        case .snapshotRequested, .outcomesRead, .settled: break
        }
        for action in actions { perform(action) }
    }

    private var inFlight: Int { lanes.reduce(0) { $0 + $1.producer.inFlightCount } }

    private mutating func perform(_ action: RunPlan.Action) {
        switch action {
        case .stopReading: run.stopFeeding()
        case .close:
            closing = Task { [lanes, post] in
                await withDiscardingTaskGroup { group in
                    for lane in lanes {
                        group.addTask {
                            // Everything is in; the statistics of the last moment come before the end.
                            if (try? await lane.producer.flush(deadline: .seconds(86_400))) != nil {
                                lane.wire.flushed(at: BenchClock.now)
                                await lane.wire.waitForLast()
                            }
                            _ = try? await lane.producer.close(deadline: .seconds(86_400))
                        }
                    }
                }
                post.yield(.closed)
            }
        case .startTimer(let duration): yield(.plan(.deadlinePassed), after: duration)
        case .announceDrain(let limit):
            let time = NumberText.limit(limit)
            run.terminal.error(
                "interrupted: draining \(NumberText.records(inFlight)), up to \(time) (again to drop them)"
            )
        case .announceDrop(let reason):
            run.terminal.error("\(reason): dropping \(NumberText.records(inFlight))")
        case .drop:
            feeding?.cancel()
            closing?.cancel()
        }
    }

    /// Posts an event later; one that comes after the end disturbs nobody.
    private func yield(_ event: SessionEvent, after delay: Duration) {
        Task { [post] in
            try? await Task.sleep(for: delay)
            post.yield(event)
        }
    }

    private func awaitOutcomes() {
        Task { [post, readers] in
            for reader in readers { await reader.finish() }
            post.yield(.settled)
        }
        yield(.settled, after: Self.patience)
    }

    private func unreachable() -> ToolError? {
        let statistics = lanes.map(\.producer.statistics)
        // A code above zero is the answer of a broker.
        let hasAnswer = statistics.contains { $0.succeeded > 0 || $0.failedByCause.keys.contains { $0.rawValue > 0 } }
        if hasAnswer || inFlight == 0 { return nil }
        let why = log.trouble?.text ?? "no broker answered"
        return ToolError(
            .unavailable,
            "nothing could be delivered within \(NumberText.limit(run.plan.waitBroker)) (--wait-broker): \(why); "
                + "check -b and that the brokers are up"
        )
    }

    /// What the run has come to, once everything is settled.
    func outcome(start: UInt64, end: UInt64, processorTime: Double, _ problems: [ToolError]) async -> BenchOutcome {
        var outcome = BenchOutcome()
        outcome.waits = await feeding?.value ?? BenchFeed.Waits()
        outcome.processorTime = processorTime
        outcome.warmupRecords = run.plan.workload.warmup
        for lane in lanes {
            let (account, failures) = lane.ledger.close(with: lane.producer.statistics)
            outcome.add(account, failures)
            let tallies = lane.meter.tallies
            outcome.warmup.add(tallies.warmup)
            outcome.steady.add(tallies.steady)
            outcome.batches.add(lane.meter.batches)
            outcome.wire.add(lane.wire.sums)
        }
        outcome.start = start
        // Waiting for the last statistics is no part of the run.
        let flushed = lanes.compactMap(\.wire.flushTime)
        outcome.end = flushed.count == lanes.count ? flushed.max() ?? end : end
        outcome.reasons = plan.reasons + problems
        outcome.ending = Verdict.ending(outcome.account, outcome.failures.causes, plan, problems)
        return outcome
    }
}
