// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// What can be shown without brokers that know the request; `CommandResumeTests` has real ones.
@Suite(.timeLimit(.minutes(1))) struct CreateTopicTests {
    private func withProducer(_ body: (AsyncProducer) async throws -> Void) async throws {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.logHandler = { _ in }
        let producer = try await AsyncProducer(configuration)
        try await body(producer)
        producer.asyncClose()
    }

    @Test(
        arguments: [
            ("t", 0, nil, KafkaError.Code.invalidConfiguration, "partitions (0) must be from 1 to 1000000"),
            ("t", nil, Int.max, .invalidConfiguration, "replicationFactor (\(Int.max)) must be from 1 to 32767"),
            ("a b", nil, nil, .invalidTopic, "a b"),
        ] as [(String, Int?, Int?, KafkaError.Code, String)]
    )
    func whatCannotBeIsNotAskedFor(
        name: String,
        partitions: Int?,
        replicas: Int?,
        code: KafkaError.Code,
        words: String
    ) async throws {
        try await withProducer { producer in
            let error = await #expect(throws: KafkaError.self) {
                try await producer.createTopic(Topic(name), partitions: partitions, replicationFactor: replicas)
            }
            #expect(error?.code == code)
            #expect(error?.message.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test func nobodyAnswers() async throws {
        try await withProducer { producer in
            let start = ContinuousClock.now
            let error = await #expect(throws: KafkaError.self) {
                try await producer.createTopic("t", timeout: .milliseconds(300))
            }
            #expect(error?.code == .deadlineExceeded)
            #expect(start.duration(to: .now) >= .milliseconds(290))
        }
    }

    @Test func theWaitEndsWithTheTaskAndWithTheProducer() async throws {
        try await withProducer { producer in
            let cancelled = Task { try await producer.createTopic("t", timeout: .seconds(50)) }
            let closed = Task { try await producer.createTopic("u", timeout: .seconds(50)) }
            cancelled.cancel()
            await #expect { try await cancelled.value } throws: { ($0 as? KafkaError)?.code == .cancelled }
            producer.asyncClose()
            await #expect { try await closed.value } throws: { ($0 as? KafkaError)?.code == .closed }
        }
    }
}
