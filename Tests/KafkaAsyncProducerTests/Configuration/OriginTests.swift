// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

/// An error about what does not go together names the places, and shows no secret.
@Suite struct OriginTests {
    typealias Configuration = AsyncProducer.Configuration

    private func refusal(of text: String, _ change: (inout Configuration) -> Void = { _ in }) async -> String {
        let error = await #expect(throws: KafkaError.self) {
            let properties = try Configuration.Properties(parsing: text, source: "p")
            var configuration = try Configuration(properties)
            configuration.logHandler = { _ in }
            change(&configuration)
            _ = try await AsyncProducer(configuration)
        }
        #expect(error?.code == .invalidConfiguration)
        return error?.message ?? ""
    }

    @Test(arguments: [
        ("bootstrap.servers=b:1\nlinger.ms=50\ndelivery.timeout.ms=20", ["p:2", "p:3"]),
        ("bootstrap.servers=b:1\nacks=1\n\nenable.idempotence=true", ["p:2"]),
        ("bootstrap.servers=b:1\nmax.in.flight=6\n\nenable.idempotence=true", ["p:2", "p:4"]),
        (
            "bootstrap.servers=b:1\nsecurity.protocol=sasl_plaintext\nsasl.mechanism=PLAIN\nsasl.username=c4n4ry",
            ["p:4"]
        ),
        ("bootstrap.servers=b:1\nsecurity.protocol=ssl\nssl.ca.location=/nowhere", ["p:3"]),
        ("bootstrap.servers=b:1\nsecurity.protocol=ssl\nssl.keystore.location=/nowhere.p12", ["p:3"]),
    ])
    func conflictsNameTheirPlaces(text: String, places: [String]) async {
        let message = await refusal(of: text)
        for place in places { #expect(message.contains(place), "\(message)") }
        #expect(!message.contains("c4n4ry"))
    }

    @Test func whatTheProgramHasChangedSinceIsNotTheFiles() async {
        let message = await refusal(of: "bootstrap.servers=b:1\nlinger.ms=50\ndelivery.timeout.ms=20") {
            $0.batching.linger = .seconds(1)
        }
        #expect(message.contains("p:3") && !message.contains("p:2"))
    }

    @Test(arguments: [
        "sasl.password=c4n4ry", "sasl.password: c4n4ry", "sasl.password c4n4ry", "ssl.key.password=c4n4ry",
        "SASL_PASSWORD=c4n4ry", "=c4n4ry", "c4n4ry KEY", "c4n4ryKEYDATA+/=", "sasl.password\0c4n4ry",
        "schema.registry.basic.auth.user.info=c4n4ry",
    ])
    func aSecretInANameIsNotShown(name: String) async {
        var configuration = Configuration(bootstrapServers: ["b:1"])
        configuration.logHandler = { _ in }
        configuration.librdkafka[name] = "v4lue"
        var dumped = ""
        dump(configuration, to: &dumped)
        let error = await #expect(throws: KafkaError.self) { try await AsyncProducer(configuration) }
        let properties = Configuration.Properties([name: "v4lue"], source: "-X")
        let second = #expect(throws: KafkaError.self) { try Configuration(properties) }
        dump(properties, to: &dumped)
        for text in [
            "\(configuration)", String(reflecting: configuration), dumped, "\(properties)", error?.description ?? "",
            second?.description ?? "", configuration.warnings.joined(),
        ] {
            #expect(!text.contains("c4n4ry") && !text.contains("v4lue"), "\(text)")
        }
    }

    /// Whoever mistypes a name must see which one.
    @Test(arguments: ["lingr.ms", "Linger.ms", "linger.msec"]) func aMistypedNameIsShown(name: String) async {
        let message = await refusal(of: "bootstrap.servers=b:1") { $0.librdkafka[name] = "5" }
        #expect(message.contains(name))
    }

    @Test func aValueOfAMistypedNameIsNotShown() {
        var configuration = Configuration(bootstrapServers: ["b:1"])
        configuration.librdkafka["sasl.pasword"] = "c4n4ry"
        #expect(!"\(configuration)".contains("c4n4ry"))
    }
}
