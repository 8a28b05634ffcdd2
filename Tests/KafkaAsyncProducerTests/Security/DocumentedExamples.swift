// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Testing

/// The examples of the documentation, as they stand there: that they compile is the test.
private enum DocumentedExamples {
    static func basics() {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["b1:9092", "b2:9092"])
        configuration.batching = .throughput
        configuration.delivery.timeout = .seconds(120)
        configuration.librdkafka["retry.backoff.ms"] = "50"
    }

    static func partitioning() {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["b1:9092"])
        configuration.partitioning = .java
        configuration.partitioning = .custom { message, partitionCount in
            message.key?.string == "vip" ? 0 : nil
        }
    }

    static func topicSettings(producer: AsyncProducer) async throws {
        let audit = try producer.topic("audit", settings: .init(compression: .zstd, timeout: .seconds(3_600)))
        try await producer.input.send(ProducerMessage(topic: audit, value: "…"))
    }

    static func properties(path: String) async throws -> AsyncProducer.Configuration {
        var properties = try await AsyncProducer.Configuration.Properties(file: path, profile: "production")
        properties.merge(.init(environment: nil))
        properties["client.id"] = "orders"
        let configuration = try AsyncProducer.Configuration(properties)
        return configuration
    }

    static func certificates(certificate: String, key: String, password: String) {
        var configuration = AsyncProducer.Configuration(bootstrapServers: [])
        var tls = AsyncProducer.Configuration.Security.TLS(authorities: .file("/etc/kafka/ca.pem"))
        tls.identity = .pem(certificate: .text(certificate), key: .text(key), keyPassword: password)
        configuration.security = .tls(tls)
    }

    protocol TokenServer: Sendable {
        func fetchToken() async throws -> (token: String, expiration: Timestamp)
    }

    static func credentials(password: String, server: some TokenServer) {
        var configuration = AsyncProducer.Configuration(bootstrapServers: [])
        configuration.security = .sasl(.plain(username: "orders", password: password))
        configuration.security = .sasl(
            .oauthBearer {
                let answer = try await server.fetchToken()
                return OAuthToken(answer.token, expiration: answer.expiration)
            }
        )
    }
}

@Suite struct DocumentedExamplesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")

    @Test(arguments: ["Configuring.md", "Securing.md"])
    func theExamplesOfThePageAreCompiledHere(page: String) throws {
        let source = try lines(of: String(contentsOfFile: #filePath, encoding: .utf8))
        let page = Self.root.appending(path: "Sources/KafkaAsyncProducer/Documentation.docc/\(page)")
        let blocks = try String(contentsOf: page, encoding: .utf8).split(separator: "```swift\n").dropFirst()
            .compactMap { $0.split(separator: "```").first }
        #expect(blocks.count > 1)
        for block in blocks { #expect(source.contains(lines(of: String(block))), "\(block)") }
    }

    @Test func theDocumentedFileIsUnderstood() async throws {
        let page = Self.root.appending(path: "Sources/KafkaAsyncProducer/Documentation.docc/Configuring.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let block = try #require(text.split(separator: "\n```\n").first { $0.hasPrefix("bootstrap.servers") })
        let file = FileManager.default.temporaryDirectory.appending(path: "documented-\(UUID()).conf")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(block.utf8).write(to: file)
        let configuration = try await DocumentedExamples.properties(path: file.path)
        #expect(configuration.security.sasl?.mechanism == "PLAIN")
        #expect(configuration.security.tls?.authorities == .file("/etc/kafka/ca.pem"))
        #expect(configuration.batching.linger == .milliseconds(20) && configuration.clientID == "orders")
        #expect(configuration.warnings.isEmpty)
    }

    /// Without indentation, which differs.
    private func lines(of text: String) -> [Substring] {
        text.split(separator: "\n").map { line in line.drop { $0 == " " } }.filter { !$0.isEmpty }
    }
}
