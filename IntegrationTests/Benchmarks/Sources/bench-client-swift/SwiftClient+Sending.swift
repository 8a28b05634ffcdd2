// SPDX-License-Identifier: Apache-2.0

import CMeasure
import KafkaAsyncProducer
import Scenarios

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What the sender's thread did.
struct SendingCost: Sendable {
    /// Its CPU time in nanoseconds; 0 when it has no thread of its own.
    var cpu: Int64 = 0
    /// What it saw when a broker fell silent.
    var hang = bench_hang()
}

extension SwiftClient {
    /// Sends `count` messages from the scenario's number of tasks.
    func send(_ count: Int, _ sending: Scenario.Sending, _ timing: Timing?) async throws -> SendingCost {
        if timing != nil || run.scenario.hasSenderThread {
            return try await withTaskExecutorPreference(try SenderThread()) {
                let before = bench_thread_cpu_ns()
                var cost = SendingCost()
                if let timing { cost.hang = try await sendPaced(count, timing) } else { try await send(count, sending) }
                cost.cpu = bench_thread_cpu_ns() - before
                return cost
            }
        }
        if run.scenario.senders == 1 {
            try await send(count, sending)
        } else {
            let senders = run.scenario.senders
            try await withThrowingDiscardingTaskGroup { group in
                for sender in 0..<senders {
                    let share = count / senders + (sender < count % senders ? 1 : 0)
                    group.addTask { try await send(share, sending) }
                }
            }
        }
        return SendingCost()
    }

    private func send(_ count: Int, _ sending: Scenario.Sending) async throws {
        switch sending {
        case .contents: try await sendContents(count)
        case .borrowed: try await sendBorrowed(count)
        case .transactions(let size): try await sendInTransactions(count, of: size)
        case .each, .deliver, .paced, .lines, .idle, .scope, .submitted, .deliveredContents, .placed:
            try await sendEach(count)
        }
    }

    private func sendEach(_ count: Int) async throws {
        switch run.scenario.attachment {
        case .nothing: try await topics.count == 1 ? sendPlain(count) : sendToTopics(count)
        case .key: try await sendWithKey(count)
        case .headers: try await sendWithHeaders(count)
        case .timestamp: try await sendWithTimestamp(count)
        case .metadata: try await sendWithMetadata(count)
        }
    }

    private func sendPlain(_ count: Int) async throws {
        let topic = topics[0]
        for _ in 0..<count {
            try await producer.input.send(ProducerMessage(topic: topic, value: value))
        }
    }

    private func sendToTopics(_ count: Int) async throws {
        var topic = 0
        for _ in 0..<count {
            try await producer.input.send(ProducerMessage(topic: topics[topic], value: value))
            topic += 1
            if topic == topics.count { topic = 0 }
        }
    }

    private func sendContents(_ count: Int) async throws {
        let topic = topics[0]
        var messages: [ProducerMessage] = []
        messages.reserveCapacity(100)
        for start in stride(from: 0, to: count, by: 100) {
            messages.removeAll(keepingCapacity: true)
            for _ in start..<min(start + 100, count) { messages.append(ProducerMessage(topic: topic, value: value)) }
            try await producer.input.send(contentsOf: messages)
        }
    }

    private func sendBorrowed(_ count: Int) async throws {
        let topic = topics[0]
        for _ in 0..<count {
            try await producer.input.send(to: topic, value: value.span)
        }
    }

    private func sendInTransactions(_ count: Int, of size: Int) async throws {
        let topic = topics[0]
        let size = min(size, max(count, 1))
        for start in stride(from: 0, to: count, by: size) {
            try await producer.withTransaction { transaction in
                for _ in start..<min(start + size, count) {
                    try await transaction.send(ProducerMessage(topic: topic, value: value))
                }
            }
        }
    }

    private func sendWithKey(_ count: Int) async throws {
        let topic = topics[0]
        let keys = (0..<1_024).map { "key-\(String(10_000 + $0).dropFirst())" }
        for sent in 0..<count {
            try await producer.input.send(ProducerMessage(topic: topic, key: keys[sent % 1_024], value: value))
        }
    }

    private func sendWithHeaders(_ count: Int) async throws {
        let topic = topics[0]
        let headers = [
            RecordHeader("trace", "0af7651916cd43dd"),
            RecordHeader("source", "benchmark"),
            RecordHeader("version", "1"),
        ]
        for _ in 0..<count {
            try await producer.input.send(ProducerMessage(topic: topic, value: value, headers: headers))
        }
    }

    private func sendWithTimestamp(_ count: Int) async throws {
        let topic = topics[0]
        let start = Int64(time(nil)) * 1_000
        for sent in 0..<count {
            let timestamp = Timestamp(millisecondsSinceEpoch: start + Int64(sent / 1_000))
            try await producer.input.send(ProducerMessage(topic: topic, value: value, timestamp: timestamp))
        }
    }

    private func sendWithMetadata(_ count: Int) async throws {
        let topic = topics[0]
        for sent in 0..<count {
            try await producer.input.send(ProducerMessage(topic: topic, value: value, metadata: sent))
        }
    }
}
