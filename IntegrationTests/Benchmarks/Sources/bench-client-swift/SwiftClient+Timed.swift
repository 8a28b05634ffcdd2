// SPDX-License-Identifier: Apache-2.0

import CMeasure
import KafkaAsyncProducer
import Scenarios

extension SwiftClient {
    /// Awaits each message's own outcome, in `parallel` tasks.
    func deliver(_ count: Int, in parallel: Int) async throws -> Reading {
        let topic = topics[0]
        return try await withThrowingTaskGroup(of: Reading.self) { group in
            for task in 0..<parallel {
                let share = count / parallel + (task < count % parallel ? 1 : 0)
                group.addTask {
                    var reading = Reading()
                    for _ in 0..<share {
                        let delivery = try await producer.deliver(ProducerMessage(topic: topic, value: value))
                        reading.offsetSum &+= delivery.offset ?? 0
                        reading.seen += 1
                    }
                    return reading
                }
            }
            return try await group.reduce(into: Reading()) { total, part in
                total.seen += part.seen
                total.offsetSum &+= part.offsetSum
            }
        }
    }

    /// Sends each message when it is due, or at once when that is past.
    ///
    /// C waits between messages by blocking its thread. The same here keeps the wait out of the comparison, and needs a
    /// thread that is not of Swift's pool.
    func sendPaced(_ count: Int, _ timing: Timing) async throws -> bench_hang {
        let topic = topics[0]
        let turns = run.scenario.takesTurns ? run.scenario.partitions : 0
        var hang = timing.hang
        for sent in 0..<count {
            bench_wait_until_ns(timing.due(sent))
            if sent == hang.first { hang.before = bench_sample_now() }
            if sent == hang.end { hang.after = bench_sample_now() }
            let partition = turns > 0 ? Int32(sent % turns) : nil
            try await producer.input.send(ProducerMessage(topic: topic, partition: partition, value: numbered(sent)))
        }
        return hang
    }

    /// The value with a number in its first 8 bytes.
    private func numbered(_ number: Int) -> [UInt8] {
        var value = value
        for byte in 0..<8 { value[byte] = UInt8(truncatingIfNeeded: number >> (8 * byte)) }
        return value
    }

    /// Reads what comes until `count` were seen, or until the producer has closed, and says how late each was.
    func readTimed(_ count: Int, upTo limit: Int, _ timing: Timing) async -> Reading {
        var reading = Reading()
        reading.latencies = [Int64](repeating: -1, count: count)
        for await message in producer.successes {
            reading.offsetSum &+= message.offset ?? 0
            let number = number(of: message)
            reading.latencies[number] = bench_now_ns() - timing.due(number)
            reading.seen += 1
            if reading.seen == limit { break }
        }
        return reading
    }

    private func number(of message: DeliveredMessage) -> Int {
        message.withValueBytes { bytes in
            guard let bytes else { return 0 }
            return (0..<8).reversed().reduce(0) { number, byte in number << 8 | Int(bytes[byte]) }
        }
    }

    /// What happens while a broker is silent: messages may fail, so that the readers go on until the producer is closed.
    func exchangeWithSilence(_ count: Int, _ timing: Timing) async throws -> Reading {
        async let reading = readTimed(count, upTo: .max, timing)
        async let failures: Void = { for await _ in producer.errors {} }()
        let sent = try await send(count, run.scenario.sending, timing)
        try await producer.flush(deadline: .seconds(60))
        producer.asyncClose()
        await failures
        return await reading.sent(sent)
    }
}

/// When each message is due.
struct Timing: Sendable {
    let start: Int64
    let interval: Int64
    /// Without its samples.
    let hang: bench_hang

    /// Starts a little later than now: the first messages are not late because tasks are starting.
    init(perSecond: Int, silence: Silence?) {
        start = bench_now_ns() + 10_000_000
        interval = Int64(1_000_000_000 / perSecond)
        var hang = bench_hang()
        if let silence {
            hang.first = silence.start * perSecond / 1_000
            hang.end = (silence.start + silence.length) * perSecond / 1_000
            hang.broker_count = Int32(silence.brokers)
        }
        self.hang = hang
    }

    func due(_ index: Int) -> Int64 { start + Int64(index) * interval }
}
