// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Listens to what the client says about its connections: shows it, and remembers why no broker can be reached.
final class ClientLog: Sendable {
    private struct State {
        var trouble: Trouble?
        /// As what the last attempts failed, and how many.
        var suspicion: (failure: SecurityFailure, count: Int)?
        /// When each cause was shown last.
        var shown: [Cause: ContinuousClock.Instant] = [:]
        /// Whether the run was told to end: what comes then are consequences, in other words.
        var hasEnded = false
    }

    /// What counts as the same thing said again: librdkafka has several lines for one mistake, as it is noticed at
    /// different moments of a connection.
    private enum Cause: Hashable {
        case security(SecurityFailure, address: String?)
        case text(String)

        init(_ trouble: Trouble, _ error: KafkaError?) {
            if let failure = error?.securityFailure {
                self = .security(failure, address: trouble.address)
            } else {
                self = .text(trouble.text)
            }
        }
    }

    /// librdkafka tries to connect several times a second, and each failure is news only once in a while.
    private static let pause = Duration.seconds(30)

    /// For so long a certificate that is refused counts as a mistake of the configuration; later it may be one that is
    /// just being renewed, and records have a deadline of their own.
    private static let beginning = Duration.seconds(10)
    private let start = ContinuousClock.now
    /// So many attempts in a row that end as with a wrong security.protocol are one.
    private static let mismatches = 2

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
            end(ToolError(.unavailable, "every broker is down (--fail-fast): \(trouble?.text ?? gist)"))
        }
        let isNews = state.withLock { state in
            let trouble = Trouble(gist, at: .now)
            let cause = Cause(trouble, entry.error)
            if let code = entry.error?.code {
                // That all brokers are down says less than why one is.
                if code == .allBrokersDown, state.trouble != nil { return false }
                state.trouble = trouble
            }
            if let last = state.shown[cause], trouble.time - last < Self.pause { return false }
            if state.shown.count > 1_000 { state.shown = [:] }
            state.shown[cause] = trouble.time
            return true
        }
        // What ends the run is said at its end.
        if let reason = entry.error.flatMap({ fatalReason($0, gist, entry.message) }) { return end(reason) }
        // So is what the next attempt, in a moment, either ends the run with or shows to be over.
        let isHeldBack = entry.error?.securityFailure?.isMismatch == true && .now - start < Self.beginning
        if isNews, !isHeldBack, !isQuiet || entry.level == .error { terminal.error("client: \(gist)") }
    }

    /// Ends the run, for the first reason.
    private func end(_ reason: ToolError) {
        if !state.withLock({ exchange(&$0.hasEnded, with: true) }) { onFatal(reason) }
    }

    /// Why there is no sense in going on.
    private func fatalReason(_ error: KafkaError, _ gist: String, _ message: String) -> ToolError? {
        if error.isFatal { return Self.failure(message) }
        if error.securityFailure == .mechanismNotEnabled {
            return ToolError(.refused, "the broker does not take this -X sasl.mechanism: \(gist)")
        }
        if error.code == .authentication {
            return ToolError(.refused, "the broker refused the credentials: \(gist); check -X sasl.*")
        }
        guard .now - start < Self.beginning else { return nil }
        if let status = error.securityFailure?.exitStatus { return ToolError(status, gist) }
        // A broker that starts may hang up as one does that speaks another protocol, but not over and over.
        let count = state.withLock { state in
            if error.code == .allBrokersDown { return 0 }
            if error.securityFailure == nil || error.securityFailure != state.suspicion?.failure {
                state.suspicion = nil
            }
            guard let failure = error.securityFailure, failure.isMismatch else { return 0 }
            state.suspicion = (failure, (state.suspicion?.count ?? 0) + 1)
            return state.suspicion?.count ?? 0
        }
        return count >= Self.mismatches ? ToolError(.configuration, gist) : nil
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
        return printable(ClientWords.ofCommand(String(text)), limit: 500)
    }
}
