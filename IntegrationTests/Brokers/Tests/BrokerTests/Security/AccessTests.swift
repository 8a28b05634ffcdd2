// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import KafkaAsyncProducer
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized, .needsLauncher, .brokerLogs)
struct AccessTests {
    @Test func aTopicThatIsDeniedFailsItsMessagesOnly() async throws {
        let broker = try await SecureCluster.shared
        let server = broker.plainServers
        try await withTopic(on: server) { denied in
            try await withTopic(on: server) { allowed in
                try await broker.add(["--deny-principal", "User:alice", "--operation", "Write", "--topic", denied])
                try await broker.add(["--allow-principal", "User:alice", "--operation", "Describe", "--topic", denied])
                for isIdempotent in [true, false] {
                    var configuration = broker.configuration(.sasl, broker.login("alice"))
                    configuration.delivery.idempotence = isIdempotent
                    configuration.delivery.timeout = .seconds(20)
                    let producer = try await AsyncProducer(configuration)
                    let before = await outcome(
                        of: ProducerMessage(topic: Topic(allowed), value: "before"),
                        from: producer
                    )
                    let refused = await outcome(
                        of: ProducerMessage(topic: Topic(denied), value: "never"),
                        from: producer
                    )
                    let after = await outcome(
                        of: ProducerMessage(topic: Topic(allowed), value: "after"),
                        from: producer
                    )
                    #expect(throws: Never.self) { try before.get() }
                    let error = #expect(throws: ProducerError.self) { try refused.get() }
                    #expect(error?.error.code == .topicAuthorizationFailed)
                    #expect(error?.persistence == .notPersisted)
                    #expect(error?.error.isRetriable == false)
                    #expect(throws: Never.self) { try after.get() }
                    try await producer.close()
                    expectSettled(producer, accepted: 3)
                }
                #expect(try await LogRecord.all(of: denied, on: server).isEmpty)
                let values = try await LogRecord.all(of: allowed, on: server).map(\.payload)
                #expect(values == ["before", "after", "before", "after"])
            }
        }
    }

    /// Since Kafka 2.8 whoever may write to any topic may do so idempotently: so nobody is denied that alone.
    @Test func idempotentWritesThatAreDeniedAreFatal() async throws {
        let broker = try await SecureCluster.shared
        try await broker.add([
            "--deny-principal", "User:eve", "--allow-principal", "User:*", "--operation", "IdempotentWrite",
            "--cluster",
        ])
        try await broker.add([
            "--deny-principal", "User:eve", "--allow-principal", "User:*", "--operation", "Write", "--topic", "*",
        ])
        try await broker.add(["--allow-principal", "User:*", "--operation", "Describe", "--topic", "*"])
        try await withTopic(on: broker.plainServers) { topic in
            let log = LogBook()
            let producer = try await AsyncProducer(broker.configuration(.sasl, broker.login("eve"), log))
            let result = await outcome(of: ProducerMessage(topic: Topic(topic), value: "never"), from: producer)
            let error = #expect(throws: ProducerError.self) { try result.get() }
            #expect(error?.persistence == .notPersisted)
            #expect(producer.fatalError?.code == .clusterAuthorizationFailed, "\(log.warnings)")
            #expect(producer.fatalError?.isFatal == true)
            try await producer.close()
            expectSettled(producer, accepted: 1)
            #expect(try await LogRecord.all(of: topic, on: broker.plainServers).isEmpty)
        }
    }
}

extension SecureCluster {
    func login(_ name: String) -> Security {
        .sasl(.plain(username: name, password: Self.passwords[name] ?? ""), tls: nil)
    }

    /// Adds an ACL with Kafka's own tool.
    fileprivate func add(_ rule: [String]) async throws {
        let tool =
            cluster.distribution.majorVersion < 4 ? "kafka.admin.AclCommand" : "org.apache.kafka.tools.AclCommand"
        let server = plainServers.joined(separator: ",")
        let outcome = try await cluster.distribution.run(tool, ["--bootstrap-server", server, "--add"] + rule)
        try #require(outcome.isSuccess, "\(outcome.text) \(outcome.errors)")
    }
}
