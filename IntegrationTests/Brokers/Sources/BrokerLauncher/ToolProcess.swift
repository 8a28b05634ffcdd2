// SPDX-License-Identifier: Apache-2.0

import Dispatch
package import Foundation
import Synchronization

/// A program as a process of its own: kcat, kprod, a tool of Kafka's, the guard of a broker.
///
/// Output goes to files, so no pipe can fill up and nobody has to read while it runs. Nothing here blocks a task.
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

    private let process: Mutex<Process>
    private let folder: URL
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
        folder = try FileManager.default.makeTemporaryFolder("tool")
        let process = Process()
        process.executableURL = executable
        process.arguments = Array(command.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        for file in ["in", "out", "err"] { try Data().write(to: folder.appending(path: file)) }
        switch input {
        case .bytes(let data):
            try data.write(to: folder.appending(path: "in"))
            process.standardInput = try FileHandle(forReadingFrom: folder.appending(path: "in"))
            self.input = nil
        case .pipe:
            let pipe = Pipe()
            process.standardInput = pipe
            self.input = pipe.fileHandleForWriting
        }
        process.standardOutput = try FileHandle(forWritingTo: folder.appending(path: "out"))
        process.standardError = try FileHandle(forWritingTo: folder.appending(path: "err"))
        process.terminationHandler = { [ending] _ in ending.come() }
        do {
            try process.run()
        } catch {
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
        self.process = Mutex(process)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

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
    package var isRunning: Bool { process.withLock { $0.isRunning } }

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
    package func signal(_ number: Int32) {
        process.withLock { process in
            if process.isRunning { kill(process.processIdentifier, number) }
        }
    }

    /// What it has written to standard error so far.
    package var errorsSoFar: String {
        String(decoding: (try? Data(contentsOf: folder.appending(path: "err"))) ?? Data(), as: UTF8.self)
    }

    /// Waits for its end.
    package func finish() async throws -> Outcome {
        await ending.wait()
        let output = try Data(contentsOf: folder.appending(path: "out"))
        let errors = errorsSoFar
        return process.withLock { process in
            Outcome(
                status: process.terminationStatus,
                isSignal: process.terminationReason == .uncaughtSignal,
                output: output,
                errors: errors
            )
        }
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

/// Something that happens once, and that any number of tasks may wait for.
private final class Ending: Sendable {
    private struct State {
        var hasCome = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func come() {
        let waiters = state.withLock { state in
            state.hasCome = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.hasCome { state.waiters.append(continuation) }
                return state.hasCome
            }
            if isOver { continuation.resume() }
        }
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
