// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Synchronization

/// One run of a benchmark: some producers, each with its feed and its readers, and one loop that hears what happens.
struct BenchRun {
    /// One producer with what belongs to it.
    struct Lane: Sendable {
        let producer: AsyncProducer
        let topic: Topic
        let ledger = Ledger()
        let meter = BenchMeter()
        let wire: WireStatistics
    }

    let plan: BenchPlan
    let configuration: AsyncProducer.Configuration
    let terminal: Terminal
    /// Where signals come from.
    let signals: SignalRelay
    /// Gets perf-test's lines; nil when nobody wants them.
    let lines: PerfLines?

    private let stop = StopSwitch()

    init(
        _ plan: BenchPlan,
        _ configuration: AsyncProducer.Configuration,
        _ terminal: Terminal,
        _ signals: SignalRelay,
        _ lines: PerfLines?
    ) {
        self.plan = plan
        self.configuration = configuration
        self.terminal = terminal
        self.signals = signals
        self.lines = lines
    }

    func run() async throws(ToolError) -> BenchOutcome {
        let (events, post) = AsyncStream.makeStream(of: SessionEvent.self)
        signals.connect { post.yield($0) }
        let log = ClientLog(terminal, isQuiet: plan.isQuiet, isVerbose: configuration.librdkafka["debug"] != nil) {
            post.yield(.plan(.gaveUp($0)))
        }
        let statsOutput = try plan.progress.open()
        statsOutput?.start { post.yield(.plan(.outputFailed($0))) }
        let lanes = try await makeLanes(log)
        let readers = lanes.map { lane in
            OutcomeReaders(
                lane.producer,
                lane.ledger,
                measuresLatency: false,
                onDelivered: { lane.meter.delivered($0) },
                onHopeless: { post.yield(.plan(.gaveUp($0))) }
            )
        }
        let view = view(lanes, log, statsOutput)
        let live = view.isShown ? view.run() : nil
        let ticker = lines.map { $0.start(lanes.map(\.meter), every: plan.interval) }

        let processor = clock()
        let start = BenchClock.now
        var steering = BenchSteering(self, lanes, log, readers, post)
        steering.feed(from: start)
        for await event in events {
            if case .settled = event { break }
            if case .snapshotRequested = event { terminal.note(view.snapshot().line) }
            steering.handle(event)
        }
        let end = BenchClock.now
        let processorTime = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
        await live?.stop()
        ticker?.cancel()
        await ticker?.value
        var problems: [ToolError] = []
        if let statsOutput, let problem = await statsOutput.close() { problems.append(problem) }
        return await steering.outcome(start: start, end: end, processorTime: processorTime, problems)
    }

    private func makeLanes(_ log: ClientLog) async throws(ToolError) -> [Lane] {
        var lanes: [Lane] = []
        for _ in 0..<plan.producers {
            let wire = WireStatistics()
            var configuration = configuration
            configuration.logHandler = { log.handle($0) }
            configuration.librdkafkaStatistics = .init(interval: WireStatistics.interval) { wire.receive($0) }
            // All are read, and none is thrown away because its reader is late.
            configuration.returns.successes = .always
            do throws(KafkaError) {
                let producer = try await AsyncProducer(configuration)
                lanes.append(Lane(producer: producer, topic: try producer.topic(plan.topic), wire: wire))
            } catch {
                let status: ExitStatus = error.code == .invalidTopic ? .usage : .configuration
                throw ToolError(status, error.message)
            }
        }
        return lanes
    }

    private func view(_ lanes: [Lane], _ log: ClientLog, _ statsOutput: OutputWriter?) -> LiveView {
        var total: Int?
        if case .records(let count) = plan.workload.length { total = count }
        return LiveView(
            title: plan.topic,
            total: total,
            plan.progress,
            isQuiet: plan.isQuiet,
            statsOutput: statsOutput,
            terminal,
            look: { Self.snapshot(lanes) },
            trouble: { log.trouble }
        )
    }

    private static func snapshot(_ lanes: [Lane]) -> ProgressSnapshot {
        var sum = ProgressSnapshot(time: .now)
        var latency = LatencyHistogram()
        for lane in lanes {
            let part = lane.ledger.snapshot(at: sum.time)
            sum.read += part.read
            sum.delivered += part.delivered
            sum.failed += part.failed
            sum.bytes += part.bytes
            sum.inFlight += lane.producer.inFlightCount
            let tallies = lane.meter.tallies
            latency.add(tallies.warmup.latencies.response)
            latency.add(tallies.steady.latencies.response)
        }
        if latency.count > 0 { sum.latency = (latency.percentile(0.5), latency.percentile(0.99)) }
        return sum
    }

    func feed(_ lane: Lane, index: Int, start: UInt64, onFirst: @escaping @Sendable () -> Void) -> BenchFeed {
        BenchFeed(
            workload: plan.workload,
            producer: lane.producer,
            topic: lane.topic,
            ledger: lane.ledger,
            stop: stop,
            schedule: Schedule(start: start, rate: plan.workload.rate),
            index: index,
            count: plan.producers,
            onFirst: onFirst
        )
    }

    func stopFeeding() { stop.turnOn() }
}
