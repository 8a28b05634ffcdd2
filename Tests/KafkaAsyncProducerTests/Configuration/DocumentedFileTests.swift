// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Testing

/// What a page shows that is no Swift.
@Suite struct DocumentedFileTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")

    @Test func theDocumentedFileIsUnderstood() async throws {
        let page = Self.root.appending(path: "Sources/KafkaAsyncProducer/Documentation.docc/Configuring.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let block = try #require(text.split(separator: "\n```\n").first { $0.hasPrefix("bootstrap.servers") })
        let file = FileManager.default.temporaryDirectory.appending(path: "documented-\(UUID()).conf")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(block.utf8).write(to: file)
        let properties = try await AsyncProducer.Configuration.Properties(file: file.path, profile: "production")
        let configuration = try AsyncProducer.Configuration(properties)
        #expect(configuration.security.sasl?.mechanism == "PLAIN")
        #expect(configuration.security.tls?.authorities == .file("/etc/kafka/ca.pem"))
        #expect(configuration.batching.linger == .milliseconds(20))
        #expect(configuration.warnings.isEmpty)
    }
}
