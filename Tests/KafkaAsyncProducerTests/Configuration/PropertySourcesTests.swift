// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Testing

@Suite struct PropertySourcesTests {
    typealias Properties = AsyncProducer.Configuration.Properties

    private func parse(_ text: String, profile: String? = nil) throws -> Properties {
        try Properties(parsing: text, source: "test.conf", profile: profile)
    }

    private func refusal(of text: String, profile: String? = nil) -> String {
        let error = #expect(throws: KafkaError.self) { try parse(text, profile: profile) }
        #expect(error?.code == .invalidConfiguration)
        return error?.message ?? ""
    }

    @Test(arguments: [
        ("client.id=a", "a"), ("client.id: a", "a"), ("client.id a", "a"), ("  client.id \t =  a  ", "a"),
        ("client.id=a=b:c d", "a=b:c d"), ("client.id=", ""), ("client.id = a\\ ", "a "), ("client.id=a\\\\ ", "a\\"),
        ("client.id=a\\:b\\=c\\#d\\!e\\ f", "a:b=c#d!e f"), ("client.id=a\\tb\\nc\\rd\\fe", "a\tb\nc\rd\u{C}e"),
        ("client.id=\\u00e4\\uD83D\\uDE00", "ä😀"), ("client.id=C:\\dir\\x", "C:\\dir\\x"), ("client\\u002Eid=ä", "ä"),
        ("client.id=a\\\n   b", "ab"), ("client.id=a\\\\\nacks=1", "a\\"), ("client.id=a\\", "a"),
        ("#client.id=b\\\nclient.id=a", "a"), ("! x\n\n \t\nclient.id=a\r\nacks=1\r", "a"),
        ("\u{FEFF}client.id=a", "a"), ("client.id=b\nclient.id=a", "a"),
    ])
    func theGrammarIsJavas(text: String, value: String) throws {
        #expect(try parse(text)["client.id"] == value)
    }

    @Test func aLineOfAnyLengthIsOneValue() throws {
        let long = String(repeating: "x", count: 100_000)
        #expect(try parse("client.id=\(long)\nacks=1")["client.id"] == long)
    }

    /// The rest of a key pasted without backslashes must not end up in an error.
    @Test(arguments: [
        "c4n4ryKEYDATA", "c4n4ry+KEY/DATA==", "-----BEGIN c4n4ry-----", "c4n4ryAAAA=", "=c4n4ry", "client.id=\\uc4n4ry",
        "client.id=c4n4ry\\uD800",
    ])
    func whatIsNoPropertyIsRefusedUnseen(line: String) {
        let message = refusal(of: "acks=1\n\(line)")
        #expect(message.hasPrefix("test.conf:2: "))
        #expect(!message.contains("c4n4ry"))
    }

    /// Any text is either read or refused.
    @Test func noTextTraps() {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "\\", "=", ":", "#", "!", "[", "]", "u", "D83D", " ", "\t", "\n", "\r", "a", ".", "\u{0}", "ä", "\u{FEFF}",
        ]
        for _ in 0..<5_000 {
            let text = (0..<12).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            _ = try? Properties(parsing: text, source: "t", profile: "a")
            let jaas = (0..<12).map { _ in ["\"", "'", "=", ";", "a", "\\", " "].randomElement(using: &generator) ?? ""
            }
            _ = try? AsyncProducer.Configuration(Properties(["sasl.jaas.config": jaas.joined()]))
        }
    }

    @Test func sectionsCountOnlyWhenAskedFor() throws {
        let text = """
            client.id=all
            acks=1
            [profile prod]
            acks=all
            [test]
            acks=0
            """
        #expect(try parse(text)["acks"] == "1")
        #expect(try parse(text, profile: "prod")["acks"] == "all")
        #expect(try parse(text, profile: "test")["acks"] == "0")
        #expect(try parse(text, profile: "test")["client.id"] == "all")
        #expect(try parse(text, profile: "test").source(of: "acks") == "test.conf:6")
        #expect(try Properties.profiles(in: text, source: "t") == ["prod", "test"])
        #expect(refusal(of: text, profile: "prd").contains("it has prod, test"))
        #expect(refusal(of: "acks=1", profile: "prd").contains("it has no sections"))
    }

    @Test func aLaterValueReplacesAnEarlierOneUnderEveryAlias() throws {
        var properties = Properties(["acks": "1", "linger.ms": "5"])
        properties.merge(Properties(["topic.request.required.acks": "0", "queue.buffering.max.ms": "7"], source: "-X"))
        #expect(properties["acks"] == "0" && properties["linger.ms"] == "7")
        #expect(properties.names.count == 2)
        #expect(properties.source(of: "acks") == "-X")
        properties["acks"] = nil
        #expect(properties["request.required.acks"] == nil)
    }

    @Test func theEnvironmentGivesOnlyWhatIsAProperty() throws {
        let properties = Properties(environment: [
            "KAFKA_BOOTSTRAP_SERVERS": "a:1,b:2", "KAFKA_SASL_USERNAME": "alice", "KAFKA_BUFFER_MEMORY": "1000000",
            "KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM": "", "KAFKA_PORT": "tcp://10.0.0.1:9092",
            "KAFKA_SERVICE_HOST": "10.0.0.1", "KAFKA_OPTS": "-Xmx1g", "KAFKA_HOME": "/opt/kafka", "ACKS": "0",
        ])
        #expect(properties.names.sorted() == ["bootstrap.servers", "buffer.memory", "sasl.username"])
        #expect(properties.source(of: "bootstrap.servers") == "KAFKA_BOOTSTRAP_SERVERS")
        #expect(Properties(environment: ["KPROD_ACKS": "1"], prefix: "KPROD_")["acks"] == "1")
        #expect(try AsyncProducer.Configuration(properties).bootstrapServers == ["a:1", "b:2"])
    }

    @Test func aFileIsRead() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "properties-\(UUID()).conf")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("client.id=ä\n".utf8).write(to: file)
        #expect(try await Properties(file: file.path)["client.id"] == "ä")
        try Data([0x61, 0x3D, 0xFF]).write(to: file)
        try await expectUnreadable(file.path, "UTF-8")
        try Data(count: 2 << 20).write(to: file)
        try await expectUnreadable(file.path, "1 MiB")
        try await expectUnreadable("/no/such/file", "No such file")
        try await expectUnreadable("/", "directory")
    }

    /// As a shell's `<(…)`: the writer may come later than the reader.
    @Test func aPipeIsRead() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "properties-\(UUID()).pipe").path
        try shell("mkfifo \"$0\"", path).waitUntilExit()
        defer { try? FileManager.default.removeItem(atPath: path) }
        async let properties = Properties(file: path)
        let writer = try shell("exec >\"$0\"; echo acks=1; sleep 0.1; echo client.id=late", path)
        #expect(try await properties["acks"] == "1")
        #expect(try await properties["client.id"] == "late")
        writer.waitUntilExit()
    }

    private func shell(_ command: String, _ argument: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command, argument]
        try process.run()
        return process
    }

    private func expectUnreadable(_ path: String, _ reason: String) async throws {
        let error = await #expect(throws: KafkaError.self) { try await Properties(file: path) }
        #expect(error?.message.contains(path) == true && error?.message.contains(reason) == true)
    }
}
