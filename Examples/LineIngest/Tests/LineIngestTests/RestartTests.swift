// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(3))) struct RestartTests {
    /// The program as a process: SIGHUP three times while clients come and go. None is refused, and none left in doubt.
    @Test func noClientIsRefused() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/line-ingest-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await withMockCluster(topics: ["lines": 3]) { cluster in
            let process = Process()
            let executable = try #require(program)
            process.executableURL = executable
            process.arguments = [
                "--brokers", cluster.bootstrapServers.joined(separator: ","), "--socket", "\(folder)/socket", "--state",
                "\(folder)/state", "--workers", "3",
            ]
            let log = try #require(FileHandle(forUpdatingAtPath: makeFile("\(folder)/log")))
            process.standardOutput = log
            process.standardError = log
            try process.run()
            defer { process.terminate() }
            func starts() throws -> Int {
                let text = try String(contentsOfFile: "\(folder)/log", encoding: .utf8)
                return text.components(separatedBy: "listening on").count - 1
            }
            #expect(try await eventually { try starts() == 1 })

            let clients = Task.detached { try await keepSending(to: "\(folder)/socket") }
            for count in 2...4 {
                try await Task.sleep(for: .milliseconds(200))
                kill(process.processIdentifier, SIGHUP)
                #expect(try await eventually { try starts() == count })
            }
            clients.cancel()
            let answers = try await clients.value
            kill(process.processIdentifier, SIGTERM)
            #expect(await eventually { !process.isRunning })
            #expect(process.terminationStatus == 0)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/socket"))

            #expect(answers.count > 10)
            #expect(answers.allSatisfy { $0.hasPrefix("ok ") })
            // By three workers in four lives of the program.
            let keys = try await cluster.records(in: "lines").compactMap(\.keyText)
            #expect(Set(keys).count == keys.count)
            #expect(Set(answers.map { $0.dropFirst(3) }).isSubset(of: Set(keys.map { $0[...] })))
        }
    }
}

/// A client for each line, on a thread of its own, until cancelled. What has no answer is sent again, as a client should.
private func keepSending(to path: String) async throws -> [String] {
    let clients = Clients()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try clients.run(path) }) }
        }
    } onCancel: {
        clients.isCancelled.store(true, ordering: .relaxed)
    }
}

private final class Clients: Sendable {
    let isCancelled = Atomic(false)

    func run(_ path: String) throws -> [String] {
        var answers: [String] = []
        while !isCancelled.load(ordering: .relaxed) {
            let client = try Client(path: path)
            guard (try? client.send("a line\n")) != nil else { continue }
            if let answer = try? client.readLine() { answers.append(answer) }
        }
        return answers
    }
}

private func makeFile(_ path: String) -> String {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    return path
}

/// It lies beside the tests.
private let program: URL? = {
    let folders = [Bundle.main.bundleURL, URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
    return folders.map { $0.appendingPathComponent("LineIngest") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }
}()
