// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

/// What librdkafka would take for another server, or for none, is refused by name.
@Suite struct ServerAddressTests {
    typealias Configuration = AsyncProducer.Configuration

    private static let valid = [
        "localhost", "b1:9092", "b_1.example.com.:65535", "10.0.0.1:1", "[::1]:9092", "[fe80::1%eth0]:9092", "::1",
        "2001:db8::8:800:200c:417a", "[::ffff:10.0.0.1]:9092", "plaintext://b1:9092", "PLAINTEXT://b1",
        "bücher.example:1",
    ]

    private static let invalid = [
        ("127.0.0.1:93038", "1 to 65535"), ("b:0", "1 to 65535"), ("b:", "1 to 65535"), ("b:-1", "1 to 65535"),
        ("b:+1", "1 to 65535"), ("b:9092x", "1 to 65535"), ("b:٣", "1 to 65535"), ("b:0x1", "1 to 65535"),
        ("b:18446744073709551616", "1 to 65535"), ("a:1;b:2", "separator"), ("a b:1", "blank"), ("a\tb", "blank"),
        ("b:1/topic", "path"), ("b:1?x", "path"), ("http://b:1", "scheme"), ("://b", "scheme"), ("ssl://", "host"),
        (":9092", "host"), ("[::1:9092", "]"), ("[::1]9092", "]"), ("[::1]:", "1 to 65535"), ("[b]:1", "IPv6"),
        ("1:2:3", "[address]:port"), ("[1::2::3]:1", "IPv6"), ("[12345::]:1", "IPv6"), ("9092", "IPv4"),
        ("127.1:1", "IPv4"), ("010.0.0.1:1", "IPv4"), ("256.0.0.1:1", "IPv4"), ("a..b:1", "host"), (".:1", "host"),
        ("b\0:1", "blank"), ("a,b:1", "separator"), ("b\u{202E}:1", "host"), ("ssl://b:1", "security.protocol"),
    ]

    private func refusal(_ change: (inout Configuration) -> Void) async -> String {
        var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.logHandler = { _ in }
        change(&configuration)
        let error = await #expect(throws: KafkaError.self) { try await AsyncProducer(configuration) }
        #expect(error?.code == .invalidConfiguration)
        return error?.message ?? ""
    }

    @Test(arguments: valid) func whatIsAnAddressIsTaken(server: String) async throws {
        var configuration = Configuration(bootstrapServers: [server])
        configuration.logHandler = { _ in }
        try await AsyncProducer(configuration).close(deadline: .zero)
    }

    @Test(arguments: invalid) func whatIsNoneIsRefusedByName(server: String, reason: String) async {
        for message in [
            await refusal { $0.bootstrapServers = ["b:1", server] },
            await refusal { $0.librdkafka["bootstrap.servers"] = "b:1, \(server.replacing(",", with: ";"))" },
            await refusal { $0.librdkafka["metadata.broker.list"] = server.replacing(",", with: ";") },
        ] where !message.contains("NUL") {
            #expect(message.contains(reason) && message.contains("b:1") == server.contains("b:1"), "\(message)")
        }
    }

    @Test func fileAndVariableSayWhere() throws {
        let file = "acks=all\nbootstrap.servers = a:1, 127.0.0.1:93038"
        for (properties, place) in [
            (try Configuration.Properties(parsing: file, source: "p"), "p:2: "),
            (
                Configuration.Properties(environment: ["KAFKA_BOOTSTRAP_SERVERS": "a:93038"]),
                "KAFKA_BOOTSTRAP_SERVERS: "
            ),
        ] {
            let error = #expect(throws: KafkaError.self) { try Configuration(properties) }
            #expect(error?.message.hasPrefix(place) == true && error?.message.contains(":93038\"") == true)
        }
    }

    @Test(arguments: ["", ",", " , "]) func aFileWithoutAServerSaysWhere(list: String) {
        let error = #expect(throws: KafkaError.self) {
            try Configuration(Configuration.Properties(parsing: "acks=all\nbootstrap.servers=\(list)\n", source: "p"))
        }
        #expect(error?.message.hasPrefix("p:2: bootstrap.servers names no broker") == true)
    }

    @Test func blanksAroundAndEmptyPlacesDoNotCount() throws {
        let properties = Configuration.Properties(["bootstrap.servers": " a:1 ,,\tb:2,"])
        #expect(try Configuration(properties).bootstrapServers == ["a:1", "b:2"])
    }

    @Test(arguments: ["", ",", " , "]) func aListWithoutAServerIsRefused(list: String) async {
        for (name, change) in [
            ("bootstrapServers", { $0.bootstrapServers = [list] }),
            ("bootstrap.servers", { $0.librdkafka["bootstrap.servers"] = list }),
            ("metadata.broker.list", { $0.librdkafka["metadata.broker.list"] = list }),
        ] as [(String, (inout Configuration) -> Void)] {
            let message = await refusal(change)
            #expect(message.hasPrefix(name) && message.contains("host:port"), "\(message)")
        }
    }

    @Test(arguments: ["alice:c4n4ry@b:1", "ssl://alice:c4n4ry@b:1", "alice:@c4n4ry@b:1", "alice:c4n4ry/#@b:1"])
    func aPasswordInAnAddressIsNotShown(server: String) async throws {
        var configuration = Configuration(bootstrapServers: [server])
        let properties = Configuration.Properties(["bootstrap.servers": server], source: "p:1")
        let message = await refusal { $0.bootstrapServers = [server] }
        #expect(message.contains("sasl.username") && message.contains("@b:1"))
        let second = #expect(throws: KafkaError.self) { try Configuration(properties) }
        var dumped = ""
        dump(configuration, to: &dumped)
        dump(properties, to: &dumped)
        let effective = try configuration.effectiveProperties().map(\.value)
        configuration.librdkafka["metadata.broker.list"] = server
        for text in [message, second?.description ?? "", "\(configuration)", "\(properties)", dumped] + effective {
            #expect(!text.contains("c4n4ry"), "\(text)")
        }
    }

    /// It is taken for two addresses.
    @Test func aPasswordWithACommaIsNotShown() async {
        let list = "alice:c4n,4ry@b:1,c:2"
        let properties = Configuration.Properties(["bootstrap.servers": list], source: "p:1")
        let error = #expect(throws: KafkaError.self) { try Configuration(properties) }
        let message = await refusal { $0.librdkafka["bootstrap.servers"] = list }
        for text in [message, error?.message ?? "", "\(properties)"] {
            #expect(text.contains("@b:1") && !text.contains("c4n") && !text.contains("4ry"), "\(text)")
        }
    }
}
