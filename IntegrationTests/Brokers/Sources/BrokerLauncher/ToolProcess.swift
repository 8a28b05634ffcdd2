// SPDX-License-Identifier: Apache-2.0

import CSpawn
import Dispatch
package import Foundation

/// A program as a process of its own: kcat, kprod, a tool of Kafka's, the guard of a broker.
///
/// Output goes to unnamed files, so no pipe can fill up and nobody has to read while it runs. Nothing here blocks a task.
package final class ToolProcess: Sendable {
    /// What it reads from standard input.
    package enum Input: Sendable {
        /// These bytes, then the end.
        case bytes(Data)
        /// What is written with ``ToolProcess/write(_:)``, until ``ToolProcess/closeInput()``.
        case pipe

        /// Nothing.
        package static var none: Input { .bytes(Data()) }

        /// This text, then the end.
        package static func text(_ text: String) -> Input { .bytes(Data(text.utf8)) }
    }

    /// How it ended, and what it wrote.
    package struct Outcome: Sendable {
        /// The exit status, or the number of the signal.
        package let status: Int32
        /// Whether a signal ended it.
        package let isSignal: Bool
        /// Standard output.
        package let output: Data
        /// Standard error.
        package let errors: String

        /// Standard output as text.
        package var text: String { String(decoding: output, as: UTF8.self) }
        /// Whether it ended with status 0.
        package var isSuccess: Bool { status == 0 && !isSignal }
    }

    private let id: pid_t
    private let output: UnnamedFile
    private let errors: UnnamedFile
    private let input: FileHandle?
    private let inputQueue = DispatchQueue(label: "tool.input")
    private let ending = Ending()

    /// Starts `command`, looked up in `PATH` unless it is a path.
    package init(_ command: [String], input: Input = .none, environment: [String: String] = [:]) throws {
        guard let name = command.first, let executable = Self.find(name) else {
            throw LaunchError("\(command.first ?? "the command") is not installed")
        }
        // A reader that is gone is no reason for the tests to end.
        Foundation.signal(SIGPIPE, SIG_IGN)
        (output, errors) = (try UnnamedFile(), try UnnamedFile())
        let outputs = [output.writing, errors.writing]
        defer { for file in outputs { try? file.close() } }
        let outputDescriptors = outputs.map(\.fileDescriptor)
        switch input {
        case .bytes(let data):
            self.input = nil
            let file = try UnnamedFile(data)
            id = try withExtendedLifetime(file) {
                try Self.spawn(executable.path, command, environment, [file.readingDescriptor] + outputDescriptors)
            }
        case .pipe:
            let pipe = Pipe()
            self.input = pipe.fileHandleForWriting
            defer { try? pipe.fileHandleForReading.close() }
            let descriptor = pipe.fileHandleForReading.fileDescriptor
            id = try Self.spawn(executable.path, command, environment, [descriptor] + outputDescriptors)
        }
        Thread.detachNewThread { [id, ending] in ending.come(with: tool_wait(id)) }
    }

    private static func spawn(
        _ path: String,
        _ command: [String],
        _ environment: [String: String],
        _ descriptors: [Int32]
    ) throws -> pid_t {
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }
        var id: pid_t = 0
        let status = withCStrings(command) { arguments in
            withCStrings(variables) { variables in
                tool_spawn(path, arguments, variables, descriptors[0], descriptors[1], descriptors[2], &id)
            }
        }
        guard status == 0 else {
            throw LaunchError("\(path) could not be started: \(String(cString: strerror(status)))")
        }
        return id
    }

    /// Runs `command` to its end; a cancelled task ends it.
    package static func run(
        _ command: [String],
        input: Input = .none,
        environment: [String: String] = [:]
    ) async throws -> Outcome {
        let process = try ToolProcess(command, input: input, environment: environment)
        return try await withTaskCancellationHandler {
            try await process.finish()
        } onCancel: {
            process.signal(SIGKILL)
        }
    }

    /// Whether it has not ended yet.
    package var isRunning: Bool { ending.status == nil }

    /// Writes to its standard input, as fast as it reads.
    package func write(_ data: Data) {
        inputQueue.async { [input] in try? input?.write(contentsOf: data) }
    }

    /// Returns when all that was written so far is in the pipe, or has been read.
    package func wroteInput() async {
        await withCheckedContinuation { continuation in inputQueue.async { continuation.resume() } }
    }

    /// The end of its standard input.
    package func closeInput() {
        inputQueue.async { [input] in try? input?.close() }
    }

    /// Sends it a signal, if it still runs.
    package func signal(_ number: Int32) { ending.unlessCome { kill(id, number) } }

    /// What it has written to standard error so far.
    package var errorsSoFar: String {
        String(decoding: errors.content, as: UTF8.self)
    }

    /// Waits for its end.
    package func finish() async throws -> Outcome {
        let status = await ending.wait()
        return Outcome(
            status: abs(status),
            isSignal: status < 0,
            output: output.content,
            errors: errorsSoFar
        )
    }

    /// The path of a program in `PATH`, or the path itself.
    package static func find(_ name: String) -> URL? {
        let candidates =
            name.contains("/")
            ? [name]
            : (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(filePath: $0) }
    }
}

extension FileManager {
    /// A new folder of its own under the system's folder for temporary files.
    package func makeTemporaryFolder(_ name: String) throws -> URL {
        let folder = temporaryDirectory.appending(path: "kafka-\(name)-\(UUID().uuidString.prefix(8))")
        try createDirectory(at: folder, withIntermediateDirectories: false)
        return folder
    }
}
