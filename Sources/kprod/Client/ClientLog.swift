// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Listens to what the client says about its connections: shows it, and remembers why no broker can be reached.
final class ClientLog: Sendable {
    private struct State {
        var trouble: Trouble?
        /// When each message was shown last.
        var shown: [String: ContinuousClock.Instant] = [:]
    }

    /// librdkafka tries to connect several times a second, and each failure is news only once in a while.
    private static let pause = Duration.seconds(30)

    /// For so long a certificate that is refused counts as a mistake of the configuration; later it may be one that is
    /// just being renewed, and records have a deadline of their own.
    private static let beginning = Duration.seconds(10)
    private let start = ContinuousClock.now

    private let terminal: Terminal
    private let isQuiet: Bool
    private let isVerbose: Bool
    private let failsFast: Bool
    private let state = Mutex(State())
    private let onFatal: @Sendable (ToolError) -> Void

    /// Calls `onFatal` for what no waiting can mend; with `failsFast`, also when every broker is down.
    init(
        _ terminal: Terminal,
        isQuiet: Bool,
        isVerbose: Bool,
        failsFast: Bool = false,
        onFatal: @escaping @Sendable (ToolError) -> Void
    ) {
        self.terminal = terminal
        self.isQuiet = isQuiet
        self.isVerbose = isVerbose
        self.failsFast = failsFast
        self.onFatal = onFatal
    }

    /// The last reason why a connection failed.
    var trouble: Trouble? { state.withLock { $0.trouble } }

    func handle(_ entry: LogEntry) {
        if entry.level < .warning {
            if isVerbose { terminal.note("client: \(entry.message)") }
            return
        }
        let gist = Self.gist(of: entry.message)
        if failsFast, entry.error?.code == .allBrokersDown {
            onFatal(ToolError(.unavailable, "every broker is down (--fail-fast): \(trouble?.text ?? gist)"))
        }
        let isNews = state.withLock { state in
            let now = ContinuousClock.now
            if let code = entry.error?.code {
                // That all brokers are down says less than why one is.
                if code == .allBrokersDown, state.trouble != nil { return false }
                state.trouble = Trouble(gist, at: now)
            }
            if let last = state.shown[gist], now - last < Self.pause { return false }
            if state.shown.count > 1_000 { state.shown = [:] }
            state.shown[gist] = now
            return true
        }
        if isNews, !isQuiet || entry.level == .error { terminal.error("client: \(gist)") }
        guard let error = entry.error else { return }
        if error.isFatal {
            onFatal(Self.failure(entry.message))
        } else if error.code == .authentication {
            onFatal(ToolError(.refused, "the broker refused the credentials: \(gist); check -X sasl.*"))
        } else if let status = error.securityFailure?.exitStatus, .now - start < Self.beginning {
            onFatal(ToolError(status, gist))
        }
    }

    /// What ends a run whose client met a fatal error.
    static func failure(_ message: String) -> ToolError {
        ToolError(.software, "the client failed for good: \(gist(of: message))")
    }

    /// Without the thread in front, and without how long it took and how often behind: what repeats must look equal.
    private static func gist(of message: String) -> String {
        var text = message[...]
        if text.hasPrefix("[thrd:"), let end = text.firstRange(of: "]: ") { text = text[end.upperBound...] }
        if let start = text.firstRange(of: " (after ") { text = text[..<start.lowerBound] }
        return printable(String(text), limit: 500)
    }
}
