// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization
import Testing

@testable import kprod

/// The built command as a process of its own.
///
/// Nothing here blocks a task: pipes are read and written on queues, and waiting for the end is a suspension.
final class KprodProcess: Sendable {
    /// How the process ended, and what it wrote.
    struct Outcome {
        let status: Int32
        let isSignal: Bool
        let output: String
        let messages: [String]

        /// The last line, which is always the account.
        var account: String { messages.last ?? "" }

        /// A number of the account line, such as the one after "failed".
        func number(_ name: String) throws -> Int {
            let words = account.split { " ;".contains($0) }
            let index = try #require(words.firstIndex { $0 == name }, "no \(name) in \(account)")
            return try #require(Int(words[index + 1].filter { $0 != "," }))
        }
    }

    let output = TextCollector()
    let messages = TextCollector()
    private let process: Mutex<Process>
    private let input: FileHandle?
    private let inputQueue = DispatchQueue(label: "kprod-test.input")
    private let ends: AsyncStream<Void>

    /// Starts it.
    ///
    /// Standard input is `input` and then closed, or with nil a pipe for ``write(_:)``. `path` may be another name of
    /// the command; with `readsOutput` false nobody reads its standard output, and the pipe is broken; with
    /// `isNonBlocking` neither of these two pipes makes it wait.
    init(
        _ arguments: [String],
        input data: Data? = Data(),
        environment: [String: String] = [:],
        path: String? = nil,
        readsOutput: Bool = true,
        isNonBlocking: Bool = false
    ) throws {
        // Its end is no reason for the tests to end.
        Foundation.signal(SIGPIPE, SIG_IGN)
        let process = Process()
        let executable = try #require(Self.executable)
        process.executableURL = path.map { URL(fileURLWithPath: $0) } ?? executable
        process.arguments = arguments
        // No property file of whoever runs the tests is read, unless the test says so.
        let home = ["HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent"]
        process.environment = ProcessInfo.processInfo.environment.merging(home) { $1 }.merging(environment) { $1 }
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in end.finish() }
        self.ends = ends
        let (stdin, stdout, stderr) = try processStart.withLock {
            let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
            if isNonBlocking {
                for end in [stdin.fileHandleForReading, stdout.fileHandleForWriting] {
                    _ = fcntl(end.fileDescriptor, F_SETFL, fcntl(end.fileDescriptor, F_GETFL) | O_NONBLOCK)
                }
            }
            process.standardInput = stdin
            process.standardOutput = stdout
            process.standardError = stderr
            try process.run()
            return (stdin, stdout, stderr)
        }
        self.process = Mutex(process)
        if readsOutput {
            output.collect(stdout.fileHandleForReading)
        } else {
            try stdout.fileHandleForReading.close()
            output.end()
        }
        messages.collect(stderr.fileHandleForReading)
        input = stdin.fileHandleForWriting
        if let data {
            write(data)
            closeInput()
        }
    }

    /// Writes to its standard input, as fast as it reads.
    func write(_ text: String) { write(Data(text.utf8)) }

    private func write(_ data: Data) {
        inputQueue.async { [input] in try? input?.write(contentsOf: data) }
    }

    /// Returns when all that was written so far is in the pipe, or has been read.
    func wroteInput() async {
        await withCheckedContinuation { continuation in inputQueue.async { continuation.resume() } }
    }

    func closeInput() {
        inputQueue.async { [input] in try? input?.close() }
    }

    /// Sends a signal, unless it has ended: its number may belong to another process by then.
    func signal(_ number: Int32) {
        process.withLock { process in
            if process.isRunning { kill(process.processIdentifier, number) }
        }
    }

    func finish() async -> Outcome {
        // Also for a test that is cancelled: Foundation traps when it is asked for the status of one that runs.
        await Task { [ends] in for await _ in ends {} }.value
        let (output, messages) = (await output.all(), await messages.all())
        return process.withLock { process in
            Outcome(
                status: process.terminationStatus,
                isSignal: process.terminationReason == .uncaughtSignal,
                output: output,
                messages: messages.split(separator: "\n").map { String($0) }
            )
        }
    }

    /// Runs it to its end.
    static func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        try await run(arguments, data: Data(input.utf8))
    }

    /// Runs it to its end.
    static func run(_ arguments: [String], data: Data, environment: [String: String] = [:]) async throws -> Outcome {
        try await KprodProcess(arguments, input: data, environment: environment).finish()
    }

    /// Runs a line of bash, in which `kprod` is the built command.
    static func shell(_ line: String, input: String = "") async throws -> Outcome {
        let name = try #require(executable).path
        let script = "kprod() { '\(name)' \"$@\"; }\n\(line)"
        return try await KprodProcess(["-c", script], input: Data(input.utf8), path: "/bin/bash").finish()
    }

    /// Beside the test bundle.
    static var executable: URL? {
        let folders = [Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
        return folders.map { $0.appendingPathComponent("kprod") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
}

/// Held from the making of a process's pipes to its start: another that starts meanwhile would inherit and keep them.
let processStart = NSLock()

/// Text as it comes out of a pipe.
final class TextCollector: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var text: String { String(decoding: bytes, as: UTF8.self) }
        var isOver = false
        var waiters: [(part: String?, continuation: CheckedContinuation<String, Never>)] = []
    }

    private let state = Mutex(State())

    /// On a thread: `readabilityHandler` does not always see the end of a pipe.
    func collect(_ handle: FileHandle) {
        Thread.detachNewThread { [self] in
            while true {
                let data = handle.availableData
                add(data, isOver: data.isEmpty)
                if data.isEmpty { return }
            }
        }
    }

    /// Nothing will come.
    func end() { add(Data(), isOver: true) }

    /// Everything as it came, once the pipe is closed.
    func bytes() async -> [UInt8] {
        _ = await all()
        return state.withLock { $0.bytes }
    }

    /// Everything, once the pipe is closed.
    func all() async -> String { await wait(for: nil) }

    /// What has come when `part` has, or when nothing more will.
    func wait(for part: String?) async -> String {
        await withCheckedContinuation { continuation in
            let text = state.withLock { state -> String? in
                if state.isOver || part.map({ state.text.contains($0) }) ?? false { return state.text }
                state.waiters.append((part, continuation))
                return nil
            }
            if let text { continuation.resume(returning: text) }
        }
    }

    private func add(_ new: Data, isOver: Bool) {
        let (text, ready) = state.withLock { state in
            state.bytes += new
            state.isOver = state.isOver || isOver
            let text = state.text
            let ready = state.waiters.filter { isOver || $0.part.map { text.contains($0) } ?? false }
            state.waiters.removeAll { isOver || $0.part.map { text.contains($0) } ?? false }
            return (text, ready)
        }
        for waiter in ready { waiter.continuation.resume(returning: text) }
    }
}
