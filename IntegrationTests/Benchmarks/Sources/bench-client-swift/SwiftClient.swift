// SPDX-License-Identifier: Apache-2.0

import CMeasure
import KafkaAsyncProducer
import Scenarios
import Synchronization

/// The library as its users use it: a task that sends, a task that reads.
struct SwiftClient: Sendable {
    let run: Run
    let producer: AsyncProducer
    let topics: [Topic]
    let value: [UInt8]

    /// Warms up, measures, closes, prints.
    @concurrent
    static func measure(_ run: Run) async throws {
        let servers = run.brokers.split(separator: ",").map(String.init)
        var configuration = AsyncProducer.Configuration(bootstrapServers: servers)
        if run.scenario.hasLatencyProfile { configuration.batching = .latency }
        if case .errors = run.scenario.reading { configuration.returns.successes = .never }
        if case .transactions = run.scenario.sending { configuration.transactionalID = "benchmark" }
        if run.scenario.hasCustomPartitioner {
            let turn = Atomic<Int32>(0)
            configuration.partitioning = .custom { _, count in
                (turn.wrappingAdd(1, ordering: .relaxed).oldValue & .max) % count
            }
        }
        configuration.delivery.timeout = .seconds(run.scenario.timeoutSeconds)
        let producer = try await AsyncProducer(configuration)
        let client = SwiftClient(
            run: run,
            producer: producer,
            // A program with one topic writes its name; one with many looks each up once.
            topics: run.scenario.topics == 1
                ? run.scenario.topicNames.map { Topic($0) }
                : try run.scenario.topicNames.map { try producer.topic($0) },
            value: [UInt8](repeating: UInt8(ascii: "x"), count: run.scenario.valueSize)
        )
        try await client.measure()
    }

    private func measure() async throws {
        let base = bench_resident_bytes()
        let isSelfTimed = run.scenario.isPaced || run.scenario.sending == .idle
        _ = try await exchange(run.warmup, sending: isSelfTimed ? .each : run.scenario.sending, timing: nil)
        let timing = run.scenario.pace.map { Timing(perSecond: $0, silence: run.silence) }
        if run.silence != nil { bench_print_start() }
        let start = bench_sample_now()
        let reading = try await exchange(run.messages, sending: run.scenario.sending, timing: timing)
        let end = bench_sample_now()
        try await producer.close()
        let statistics = producer.statistics
        let placed = run.scenario.sending == .placed ? run.warmup + run.messages : 0
        var latencies = reading.latencies
        latencies.withUnsafeMutableBufferPointer { latencies in
            var result = bench_result(
                start: start,
                end: end,
                hang: reading.sending.hang,
                base_resident_bytes: base,
                sending_ns: reading.sending.cpu,
                messages: run.messages,
                seen: reading.seen,
                accepted: statistics.accepted + placed,
                succeeded: statistics.succeeded + placed,
                failed: statistics.failed,
                latencies_ns: latencies.baseAddress,
                latency_count: latencies.count
            )
            bench_print(&result)
        }
    }

    /// Sends `count` messages and reads their outcomes; returns when the last one was read.
    private func exchange(_ count: Int, sending: Scenario.Sending, timing: Timing?) async throws -> Reading {
        switch sending {
        case .deliver(let parallel): return try await deliver(count, in: parallel)
        case .scope: return try await sendInScope(count)
        case .submitted(let size): return try await submit(count, at: size)
        case .deliveredContents(let size): return try await deliverContents(count, of: size)
        case .placed: return place(count)
        case .idle: return try await stayIdle()
        case .each, .contents, .borrowed, .paced, .transactions, .lines: break
        }
        let before = producer.statistics.succeeded
        if let timing, run.silence != nil { return try await exchangeWithSilence(count, timing) }
        async let reading = read(count, timing)
        let sent = try await send(count, sending, timing)
        try await producer.flush()
        // A reader would wait for the missing ones for ever.
        let failed = producer.statistics.failed
        guard failed == 0 else { throw BenchError("\(failed) messages failed: \(producer.statistics.failedByCause)") }
        if case .errors = run.scenario.reading {
            // Successes are only counted; leaving cancels the reader of errors.
            return Reading(sending: sent, seen: producer.statistics.succeeded - before)
        }
        return await reading.sent(sent)
    }

    private func stayIdle() async throws -> Reading {
        async let _ = read(.max, nil)
        try await Task.sleep(for: run.idle)
        guard producer.inFlightCount == 0 else { throw BenchError("not idle") }
        // The reader is cancelled by leaving.
        return Reading()
    }
}
