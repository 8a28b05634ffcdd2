// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Synchronization

/// The moving parts of one run of a benchmark: some producers, each with its feed and its readers.
final class BenchParts: RunParts {
    private struct State {
        var waits = BenchFeed.Waits()
        var end: UInt64?
        var processorTime = 0.0
        var problems: [ToolError] = []
    }

    private let plan: BenchPlan
    private let servers: String
    private let lanes: [BenchLane]
    private let log: ClientLog
    private let readers: [OutcomeReaders]
    private let post: AsyncStream<RunEvent>.Continuation
    private let view: LiveView
    private let live: LiveView.Running?
    private let statsOutput: OutputWriter?
    private let processor = clock()
    private let start = BenchClock.now
    private let state = Mutex(State())

    init(
        _ plan: BenchPlan,
        _ configuration: AsyncProducer.Configuration,
        _ lanes: [BenchLane],
        _ log: ClientLog,
        _ terminal: Terminal,
        _ statsOutput: OutputWriter?,
        _ post: AsyncStream<RunEvent>.Continuation
    ) {
        self.plan = plan
        servers = configuration.serverText
        let maximumBytes = configuration.buffering.maximumBytes
        self.lanes = lanes
        self.log = log
        self.post = post
        self.statsOutput = statsOutput
        statsOutput?.start { post.yield(.plan(.outputFailed($0))) }
        readers = lanes.map { lane in
            OutcomeReaders(
                lane.producer,
                lane.ledger,
                measuresLatency: false,
                maximumBytes: maximumBytes,
                onDelivered: { lane.meter.delivered($0) },
                onHopeless: { post.yield(.plan(.gaveUp($0))) }
            )
        }
        var total: Int?
        if case .records(let count) = plan.workload.length { total = count }
        view = LiveView(
            title: plan.topic,
            total: total,
            plan.progress,
            isQuiet: plan.isQuiet,
            statsOutput: statsOutput,
            terminal,
            look: { BenchLane.snapshot(lanes) },
            trouble: { log.trouble }
        )
        live = view.isShown ? view.run() : nil
    }

    func feed(until stop: StopSwitch) async {
        let waits = await withTaskGroup(of: BenchFeed.Waits.self) { group in
            for (index, lane) in lanes.enumerated() {
                let feed = BenchFeed(
                    workload: plan.workload,
                    lane: lane,
                    stop: stop,
                    gate: readers[index].gate,
                    schedule: Schedule(start: start, rate: plan.workload.rate),
                    index: index,
                    count: plan.producers,
                    onReady: { [post] in post.yield(.recordReady) }
                )
                group.addTask { await feed.run() }
            }
            return await group.reduce(into: BenchFeed.Waits()) { $0.add($1) }
        }
        state.withLock { $0.waits = waits }
    }

    func stopWaiting() { for lane in lanes { lane.transactions?.stopBeginning() } }

    var inFlightCount: Int { lanes.reduce(0) { $0 + $1.producer.inFlightCount } }

    func close() async {
        await withDiscardingTaskGroup { group in
            for lane in lanes {
                group.addTask {
                    // Everything is in; the statistics of the last moment come before the end.
                    if (try? await lane.producer.flush(deadline: .unbounded)) != nil {
                        lane.wire.flushed(at: BenchClock.now)
                        await lane.wire.waitForLast()
                    }
                    _ = try? await lane.producer.close(deadline: .unbounded)
                }
            }
        }
        for reader in readers { await reader.finish() }
        let processorTime = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
        state.withLock { state in
            state.end = BenchClock.now
            state.processorTime = processorTime
        }
    }

    func drop() { for lane in lanes { lane.transactions?.drop() } }

    func closeOutputs() async {
        await live?.stop()
        if let problem = await statsOutput?.close() { state.withLock { $0.problems.append(problem) } }
    }

    func giveUpStuckOutputs() { statsOutput?.giveUpWhenStuck() }

    var snapshot: [String] { [view.snapshot().line] + lanes.flatMap(\.producer.stateLines) }
    var waitBroker: Duration { plan.waitBroker }

    var reachability: Reachability {
        Reachability(
            lanes.map(\.producer.statistics),
            log.trouble,
            servers: servers,
            within: plan.waitBroker,
            isAsked: lanes.contains { $0.transactions?.isBeginning ?? false }
        )
    }

    func watchForReadyRecords() { lanes.first?.ledger.setReadyKnown(false) }

    /// What the run has come to, once everything is settled.
    func outcome(_ plan: RunPlan) -> BenchOutcome {
        let state = state.withLock { $0 }
        var outcome = BenchOutcome()
        outcome.waits = state.waits
        outcome.processorTime = state.processorTime
        outcome.warmupRecords = self.plan.workload.warmup
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
        outcome.end = (flushed.count == lanes.count ? flushed.max() : nil) ?? state.end ?? BenchClock.now
        outcome.reasons = plan.reasons + state.problems
        outcome.ending = Verdict.ending(outcome.account, outcome.failures.causes, plan, state.problems)
        return outcome
    }
}
