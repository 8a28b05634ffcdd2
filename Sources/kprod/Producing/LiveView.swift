// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Redraws the live line ten times a second.
struct LiveView: Sendable {
    private let session: Session
    private let producer: AsyncProducer
    private let ledger: Ledger
    private let log: ClientLog
    private let terminal: Terminal

    /// A view that is being drawn.
    struct Running: Sendable {
        let task: Task<Void, Never>
        let terminal: Terminal

        /// Returns when the line is gone.
        func stop() async {
            task.cancel()
            await task.value
            terminal.clear()
        }
    }

    init(_ session: Session, _ producer: AsyncProducer, _ ledger: Ledger, _ log: ClientLog, _ terminal: Terminal) {
        self.session = session
        self.producer = producer
        self.ledger = ledger
        self.log = log
        self.terminal = terminal
    }

    func start() -> Running {
        Running(task: Task { await draw() }, terminal: terminal)
    }

    private func draw() async {
        var line = LiveLine(title: session.topic, total: session.total)
        while !Task.isCancelled {
            var snapshot = ledger.snapshot(at: .now)
            snapshot.inFlight = producer.inFlightCount
            snapshot.trouble = log.trouble.map { "waiting: \(printable($0, limit: 60))" }
            terminal.draw(line.text(snapshot, columns: terminal.columns))
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
