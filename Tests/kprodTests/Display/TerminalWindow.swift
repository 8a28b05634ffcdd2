// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A real terminal: a window of tmux, of which a test sees the rows as a person would.
final class TerminalWindow: Sendable {
    /// One server per window: nothing is shared with others, nor with the user's own.
    private let socket = "kprod-test-\(UUID().uuidString.prefix(8))"

    /// Opens a window with a shell whose prompt is `$ `.
    init(columns: Int = 100, rows: Int = 24, environment: [String: String] = [:]) async throws {
        var words = ["env", "-u", "COLUMNS", "-u", "NO_COLOR", "-u", "CLICOLOR_FORCE", "LC_ALL=C.UTF-8", "PS1=$ "]
        words += environment.map { "\($0.key)=\($0.value)" }
        words += ["bash", "--norc", "--noprofile", "-i"]
        let command = words.map { "'\($0)'" }.joined(separator: " ")
        try await tmux(["-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", command])
        _ = try await wait { $0.contains("$") }
    }

    /// What the window shows, without the empty rows at the end; with `styled` colours are escape codes.
    func screen(styled: Bool = false) async throws -> String {
        let text = try await tmux(["capture-pane", "-p"] + (styled ? ["-e"] : []))
        return text.trimmingCharacters(in: .newlines)
    }

    /// The screen once it is as it should be.
    ///
    /// - Throws: What it showed last, when that took too long.
    @discardableResult
    func wait(
        styled: Bool = false,
        for seconds: Int = 30,
        _ isReady: (String) -> Bool
    ) async throws -> String {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            let screen = try await screen(styled: styled)
            if isReady(screen) { return screen }
            if ContinuousClock.now > end { throw Unexpected(screen: screen) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    struct Unexpected: Error { let screen: String }

    /// Runs the built command, with these words after its name.
    func run(_ arguments: String) async throws {
        let path = try #require(KprodProcess.executable).path
        try await enter("\(path) \(arguments)")
    }

    /// Types without Enter.
    func type(_ text: String) async throws { try await tmux(["send-keys", "-l", "--", text]) }

    /// Types a line and Enter.
    func enter(_ line: String) async throws {
        try await type(line)
        try await press("Enter")
    }

    /// Presses a key by its name, such as `C-d`.
    func press(_ key: String) async throws { try await tmux(["send-keys", key]) }

    func resize(columns: Int) async throws { try await tmux(["resize-window", "-x", "\(columns)"]) }

    /// Ends the server and the shell in it.
    ///
    /// By SIGKILL: both were born with most signals blocked, as the threads are that start processes here, and
    /// `kill-server` is a signal, too.
    func close() async throws {
        let answer = try await tmux(["display-message", "-p", "#{pane_pid} #{pid} #{socket_path}"])
        let words = answer.split { $0.isWhitespace }.map { String($0) }
        for id in words.prefix(2).compactMap({ Int32($0) }) where id > 1 { kill(id, SIGKILL) }
        if words.count == 3 { try? FileManager.default.removeItem(atPath: words[2]) }
    }

    @discardableResult
    private func tmux(_ arguments: [String]) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.path))
        process.arguments = ["-L", socket] + arguments
        process.standardInput = FileHandle.nullDevice
        let output = try processStart.withLock {
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            return output
        }
        let text = TextCollector()
        text.collect(output.fileHandleForReading)
        return await text.all()
    }

    static let path = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/opt/homebrew/bin/tmux"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Opens a window for the length of `body`.
func withTerminal(
    columns: Int = 100,
    environment: [String: String] = [:],
    _ body: (TerminalWindow) async throws -> Void
) async throws {
    let window = try await TerminalWindow(columns: columns, environment: environment)
    do {
        try await body(window)
    } catch {
        try await window.close()
        throw error
    }
    try await window.close()
}

extension Trait where Self == ConditionTrait {
    /// Skips what needs tmux where it is not installed.
    static var needsTmux: Self { .enabled(if: TerminalWindow.path != nil, "tmux is not installed") }
}
