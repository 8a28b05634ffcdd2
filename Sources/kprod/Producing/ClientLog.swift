// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Listens to what the client says about its connections: shows it, and remembers why no broker can be reached.
final class ClientLog: Sendable {
    private let terminal: Terminal
    private let isQuiet: Bool
    private let lastTrouble = Mutex<KafkaError?>(nil)
    private let onFatal: @Sendable (ToolError) -> Void

    /// Calls `onFatal` for what no waiting can mend.
    init(_ terminal: Terminal, isQuiet: Bool, onFatal: @escaping @Sendable (ToolError) -> Void) {
        self.terminal = terminal
        self.isQuiet = isQuiet
        self.onFatal = onFatal
    }

    /// The last reason why a connection failed. That all brokers are down says less than why one is.
    var trouble: KafkaError? { lastTrouble.withLock { $0 } }

    func handle(_ entry: LogEntry) {
        if entry.level >= (isQuiet ? .error : .warning) { terminal.error("client: \(printable(entry.message, limit: 500))") }
        guard let error = entry.error else { return }
        lastTrouble.withLock { last in
            if last == nil || error.code != .allBrokersDown { last = error }
        }
        if error.isFatal {
            onFatal(ToolError(.software, "the client failed for good: \(error)"))
        } else if error.code == .authentication {
            onFatal(ToolError(.refused, "the broker refused the credentials: \(error.message); check -X sasl.*"))
        }
    }
}
