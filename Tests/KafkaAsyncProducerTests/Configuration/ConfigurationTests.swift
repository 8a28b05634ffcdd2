// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@Suite struct ConfigurationTests {
    typealias Configuration = AsyncProducer.Configuration

    private func refusal(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout Configuration) -> Void
    ) async -> String {
        var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
        change(&configuration)
        let error = await #expect(throws: KafkaError.self, sourceLocation: sourceLocation) {
            _ = try await AsyncProducer(configuration)
        }
        #expect(error?.code == .invalidConfiguration, sourceLocation: sourceLocation)
        return error?.message ?? ""
    }

    @Test func anUnknownPropertyIsNamedWithTheNearestOne() async {
        let message = await refusal { $0.librdkafka["linger.msec"] = "5" }
        #expect(message.contains("\"linger.msec\"") && message.contains("did you mean \"linger.ms\"?"))
    }

    /// librdkafka itself would take each of these as another number.
    @Test(arguments: ["10MB", "1e3", "0x10000", "010000", "1x", "4294967297", " 5", "+5", "5ms"])
    func aMalformedNumberIsRefused(value: String) async {
        let message = await refusal { $0.librdkafka["batch.size"] = value }
        #expect(message.contains("batch.size"))
    }

    @Test(arguments: [("linger.ms", "0.5"), ("linger.ms", "20"), ("acks", "-1"), ("acks", "all"), ("retries", "3")])
    func aPlainValueIsTaken(name: String, value: String) async throws {
        var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.logHandler = { _ in }
        configuration.librdkafka[name] = value
        try await AsyncProducer(configuration).close()
    }

    @Test(arguments: [
        "delivery.report.only.error", "enabled_events", "dr_msg_cb", "plugin.library.paths",
        "queue.buffering.max.messages", "internal.termination.signal",
    ])
    func whatWouldBreakThePromiseIsRefusedWithTheReason(name: String) async {
        let message = await refusal { $0.librdkafka[name] = "true" }
        #expect(message.contains(name) && message.contains("refused: "))
    }

    /// More seconds than fit their type.
    @Test(arguments: [Duration(attoseconds: .max), Duration(attoseconds: .min)])
    func aDurationBeyondAllClocksIsRefusedAndShown(duration: Duration) async {
        var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.batching.linger = duration
        configuration.delivery.timeout = duration
        #expect(configuration.description.contains("linger.ms="))
        #expect(await refusal { $0.batching.linger = duration }.contains("batching.linger"))
    }

    @Test func conflictsAndRangesAreSaidInWords() async {
        #expect(await refusal { $0.bootstrapServers = [] }.contains("bootstrapServers"))
        #expect(await refusal { $0.bootstrapServers = ["a:1,b:2"] }.contains("host:port"))
        #expect(await refusal { $0.bootstrapServers = ["a\0:1"] }.contains("host:port"))
        #expect(await refusal { $0.delivery.acks = .leader }.contains("idempotence"))
        #expect(await refusal { $0.delivery.timeout = .milliseconds(2) }.contains("delivery.timeout"))
        #expect(await refusal { $0.buffering.maximumMessages = 0 }.contains("buffering.maximumMessages"))
        #expect(await refusal { $0.buffering.maximumBytes = -1 }.contains("buffering.maximumBytes"))
        #expect(await refusal { $0.batching.maximumBytes = 0 }.contains("batching.maximumBytes"))
        #expect(await refusal { $0.batching.linger = .seconds(-1) }.contains("batching.linger"))
        #expect(await refusal { $0.clientID = String(repeating: "x", count: 250) }.contains("clientID"))
        #expect(await refusal { $0.librdkafka["client.id"] = "a\0b" }.contains("NUL"))
        #expect(await refusal { $0.librdkafka["compression.codec"] = "brotli" }.contains("brotli"))
        #expect(
            await refusal {
                $0.security = .tls(.init(authorities: .file("/nowhere")))
            }.contains("nowhere")
        )
    }

    /// None of these may trap, also when the configuration is only printed.
    @Test(arguments: [Duration.seconds(Int64.max), .seconds(Int64.min), .seconds(2_147_484), .nanoseconds(-1)])
    func durationsOutOfRangeAreRefused(duration: Duration) async {
        #expect(await refusal { $0.batching.linger = duration }.contains("batching.linger"))
        #expect(await refusal { $0.delivery.timeout = duration }.contains("delivery.timeout"))
        #expect(await refusal { $0.buffering.admissionDeadline = duration }.contains("buffering.admissionDeadline"))
        #expect(await refusal { $0.shutdown.deadline = duration }.contains("shutdown.deadline"))
        var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.batching.linger = duration
        configuration.delivery.timeout = duration
        #expect("\(configuration)".contains("linger.ms="))
    }

    /// Kubernetes kills a process after 30 s.
    @Test func aCloseEndsBeforeTheProcessIsKilled() {
        #expect(Configuration(bootstrapServers: []).shutdown.deadline == .seconds(20))
    }

    /// Whoever dropped it does not want it sent again.
    @Test(arguments: [KafkaError.Code.purgedFromQueue, .purgedInFlight])
    func whatWasDroppedIsNotRetriable(code: KafkaError.Code) {
        #expect(!KafkaError(code, "dropped").isRetriable)
        #expect(KafkaError(.timedOut, "late").isRetriable)
    }

    @Test func lingerKeepsItsFractionsAndSign() {
        var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
        for (linger, text) in [
            (Duration.microseconds(500), "0.500"), (.microseconds(1_005), "1.005"), (.milliseconds(20), "20"),
            (.microseconds(-1_500), "-1.500"), (.zero, "0"),
        ] {
            configuration.batching.linger = linger
            #expect("\(configuration)".contains("linger.ms=\(text),"))
        }
    }

    @Test func aDeadlineOfAnyLengthIsTaken() async throws {
        var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.logHandler = { _ in }
        let producer = try await AsyncProducer(configuration)
        for deadline in [Duration.seconds(Int64.max), .seconds(Int64.min), .zero] {
            try await producer.flush(deadline: deadline)
        }
        try await producer.close(deadline: .seconds(Int64.max))
    }

    @Test func secretsAreNeverShown() async {
        let canary = "c4n4ry"
        var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.security = .sasl(.plain(username: "alice", password: canary), tls: nil)
        configuration.librdkafka["ssl.keystore.password"] = canary
        configuration.librdkafka["sasl.oauthbearer.client.secret"] = canary
        var dumped = ""
        dump(configuration, to: &dumped)
        dump(configuration.security, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped, "\(configuration.security)"] {
            #expect(!text.contains(canary))
        }
        let message = await refusal {
            $0.librdkafka["sasl.pasword"] = canary
        }
        #expect(!message.contains(canary))
        let second = await refusal {
            $0.librdkafka["ssl.key.pem"] = canary
            $0.security = .tls()
        }
        #expect(!second.contains(canary))
    }
}
