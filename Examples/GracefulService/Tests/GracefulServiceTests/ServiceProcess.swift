// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Synchronization
import Testing

/// The built program as a process of its own.
final class ServiceProcess: Sendable {
    private let process: Mutex<Process>
    private let input: FileHandle
    private let output = Mutex(Data())
    private let messages = Mutex(Data())
    private let ended: AsyncStream<Never>
    private let outputEnded: AsyncStream<Never>

    init(_ cluster: MockCluster, spool: String, stopWithin seconds: Int = 4) throws {
        Foundation.signal(SIGPIPE, SIG_IGN)
        let process = Process()
        // Beside the test bundle.
        let folders = [Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
        process.executableURL = folders.map { $0.appendingPathComponent("GracefulService") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        let brokers = cluster.bootstrapServers.joined(separator: ",")
        process.arguments = ["--brokers", brokers, "--spool", spool, "--stop-within", "\(seconds)"]
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        let (ended, end) = AsyncStream.makeStream(of: Never.self)
        self.ended = ended
        let (outputEnded, outputEnd) = AsyncStream.makeStream(of: Never.self)
        self.outputEnded = outputEnded
        process.terminationHandler = { _ in end.finish() }
        input = stdin.fileHandleForWriting
        try process.run()
        self.process = Mutex(process)
        Thread.detachNewThread { [self] in
            while case let data = stdout.fileHandleForReading.availableData, !data.isEmpty {
                output.withLock { $0 += data }
            }
            outputEnd.finish()
        }
        Thread.detachNewThread { [self] in
            while case let data = stderr.fileHandleForReading.availableData, !data.isEmpty {
                messages.withLock { $0 += data }
            }
        }
    }

    /// Lines and no more of them than fit into a pipe at once.
    func write(_ lines: some Sequence<String>) throws {
        try input.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
    }

    func closeInput() throws { try input.close() }

    /// Whole lines that came so far.
    var answers: [String] { Self.lines(output.withLock { $0 }) }
    var log: [String] { Self.lines(messages.withLock { $0 }) }

    private static func lines(_ data: Data) -> [String] {
        String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    func signal(_ number: Int32) {
        process.withLock { process in
            if process.isRunning { kill(process.processIdentifier, number) }
        }
    }

    /// Waits for its end, and for all of its answers.
    func status() async -> Int32 {
        for await _ in outputEnded {}
        for await _ in ended {}
        return process.withLock { $0.terminationStatus }
    }
}
