// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// One run of a benchmark.
struct BenchRun {
    let plan: BenchPlan
    let configuration: AsyncProducer.Configuration
    let terminal: Terminal
    /// Where signals come from.
    let signals: SignalRelay
    /// Gets perf-test's lines; nil when nobody wants them.
    let lines: PerfLines?

    func run() async throws(ToolError) -> BenchOutcome {
        let (events, post) = AsyncStream.makeStream(of: RunEvent.self)
        signals.connect { post.yield($0) }
        let log = ClientLog(terminal, isQuiet: plan.isQuiet, isVerbose: configuration.librdkafka["debug"] != nil) {
            post.yield(.plan(.gaveUp($0)))
        }
        let statsOutput = try await plan.progress.open()
        let lanes = try await makeLanes(log) { post.yield(.plan(.gaveUp($0))) }
        let parts = BenchParts(plan, configuration, lanes, log, terminal, statsOutput, post)
        let ticker = lines.map { $0.start(lanes.map(\.meter), every: plan.interval) }
        let limits = RunPlan(drainTimeout: plan.drainTimeout ?? .seconds(10), endTimeout: plan.drainTimeout)
        var loop = RunLoop(limits, parts, terminal, post)
        await loop.run(events)
        ticker?.cancel()
        await ticker?.value
        return parts.outcome(loop.plan)
    }

    private func makeLanes(
        _ log: ClientLog,
        onFailure: @escaping @Sendable (ToolError) -> Void
    ) async throws(ToolError) -> [BenchLane] {
        var lanes: [BenchLane] = []
        let transactionalID = plan.transactionalID(of: configuration)
        for index in 0..<plan.producers {
            let wire = WireStatistics()
            var configuration = configuration
            if let transactionalID {
                configuration.librdkafka["transactional.id"] = nil
                configuration.transactionalID = plan.producers == 1 ? transactionalID : "\(transactionalID)-\(index)"
            }
            configuration.logHandler = { log.handle($0) }
            configuration.librdkafkaStatistics = .init(interval: WireStatistics.interval) { wire.receive($0) }
            // All are read, and none is thrown away because its reader is late.
            configuration.returns.successes = .always
            configuration.returns.maximumErrors = .max
            do throws(KafkaError) {
                let producer = try await AsyncProducer(configuration)
                let ledger = Ledger()
                var transactions: Transactions?
                if transactionalID != nil {
                    let limits = TransactionPlan(time: plan.transactionTime ?? .seconds(3))
                    transactions = Transactions(producer, limits, ledger) { error in
                        if let reason = error.reason(besides: ledger.contents.failures) { onFailure(reason) }
                    }
                }
                lanes.append(
                    BenchLane(
                        producer: producer,
                        topic: try producer.topic(plan.topic),
                        ledger: ledger,
                        transactions: transactions,
                        wire: wire
                    )
                )
            } catch {
                let status: ExitStatus = error.code == .invalidTopic ? .usage : .configuration
                throw ToolError(status, error.message)
            }
        }
        return lanes
    }
}
