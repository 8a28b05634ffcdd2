// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The process that is watched: its lines as they come, and its stacks when it hangs.
final class ClientProcess: Sendable {
    let lines: AsyncStream<String>
    private let process: Process

    init(_ arguments: [String]) throws {
        let process = Process()
        let folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        process.executableURL = folder.appending(path: "soak-client")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        self.process = process
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        let handle = output.fileHandleForReading
        Thread.detachNewThread {
            var rest = Data()
            // Nothing comes at the end of the output only.
            while case let data = handle.availableData, !data.isEmpty {
                rest += data
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    line.yield(String(decoding: rest[..<end], as: UTF8.self))
                    rest = Data(rest[(end + 1)...])
                }
            }
            line.finish()
        }
    }

    func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// Its exit status; call it when the lines have ended.
    func status() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The stacks of all threads: gdb's, or what the kernel says where there is none.
    func stacks() -> String {
        let id = process.processIdentifier
        if let stacks = Self.output(of: ["gdb", "-p", "\(id)", "-batch", "-ex", "thread apply all backtrace 40"]) {
            return stacks
        }
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task")) ?? []
        return threads.sorted().map { thread in
            let parts = ["comm", "wchan", "stack"].map { file in
                (try? String(contentsOfFile: "/proc/\(id)/task/\(thread)/\(file)", encoding: .utf8)) ?? "-"
            }
            return "thread \(thread): \(parts.joined(separator: " "))"
        }.joined(separator: "\n")
    }

    private static func output(of command: [String]) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = try? output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        guard process.terminationStatus == 0, let data, !data.isEmpty else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}
