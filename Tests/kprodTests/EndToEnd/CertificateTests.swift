// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import kprod

/// What a broker's certificate does to a run; openssl plays the broker, which gets no further than that.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "openssl is not installed"))
struct CertificateTests {
    private func run(
        _ arguments: [String],
        in folder: URL
    ) throws -> (process: Process, output: TextCollector) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, output)
        let collector = TextCollector()
        try process.run()
        collector.collect(output.fileHandleForReading)
        return (process, collector)
    }

    @Test func aCertificateThatIsNotTrustedEndsTheRunAtOnce() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "certificate-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let making = try run(
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=broker"]
                + ["-keyout", "key.pem", "-out", "certificate.pem"],
            in: folder
        )
        _ = await making.output.all()
        let serving = try run(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", "certificate.pem", "-key", "key.pem"],
            in: folder
        )
        defer { serving.process.terminate() }
        let text = await serving.output.wait(for: "ACCEPT 127.0.0.1:")
        // The port follows, on the same line.
        let port = try #require(text.split(separator: "ACCEPT 127.0.0.1:").last?.prefix { $0.isNumber })
        let outcome = try await KprodProcess.run(
            ["produce", "-b", "127.0.0.1:\(port)", "-t", "t", "-X", "security.protocol=ssl"],
            input: "a\n"
        )
        #expect(outcome.status == ExitStatus.configuration.rawValue)
        let message = "its certificate is signed by no trusted authority: name the authority's certificate in"
        #expect(
            outcome.messages.contains { $0.contains(message) && $0.contains("ssl.ca.location") },
            "\(outcome.messages)"
        )
        // Whether the record was read before the broker was known to be none is open; delivered it cannot be.
        #expect(try outcome.number("delivered") == 0)
        #expect(try outcome.number("failed") == 0)
        #expect(try outcome.number("undelivered") <= 1)
    }
}
