// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Records that are typed on a terminal: a prompt for each, and an answer before the next prompt.
final class Conversation: Typist, RunListener {
    private struct State {
        /// Accepted records without an answer.
        var unanswered = 0
        var isOver = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let terminal: Terminal
    private let state = Mutex(State())

    init(_ terminal: Terminal) { self.terminal = terminal }

    func begin() {
        if terminal.isInteractive { terminal.note("type records, one a line; Ctrl-D ends the input") }
    }

    /// Asks for a line.
    func prompt() {
        if state.withLock({ $0.isOver }) || !terminal.isInteractive { return }
        terminal.draw("> ")
    }

    /// The user has written something: the row with the prompt is over.
    func heard() { terminal.leaveLine() }

    /// A record was accepted: returns when it has its answer, or when nobody waits any more.
    func waitForAnswer() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                state.unanswered += 1
                if state.unanswered <= 0 || state.isOver { return true }
                state.waiter = continuation
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    /// Where records of this conversation were stored.
    func delivered(_ batch: SuccessBatch) {
        for message in batch {
            let offset = message.offset.map { " offset \($0)" } ?? ""
            let time = message.latency.map { " (\(NumberText.milliseconds($0)))" } ?? ""
            answer("→ partition \(message.partition)\(offset)\(time)")
        }
    }

    /// A record was not.
    func failed(_ error: KafkaError) { answer(text(of: error)) }

    /// A record was not even accepted, and nobody waits for its answer.
    func refused(_ error: KafkaError) { terminal.note(text(of: error)) }

    /// What was typed is no record.
    func unparsable(_ reason: String) {
        terminal.note("\(terminal.colored("→ failed:", .red)) no record: \(printable(reason))")
    }

    func skipped() { terminal.note("→ skipped: an empty record; --empty send sends it") }

    /// An answer is long in coming.
    func show(_ outage: Outage, on terminal: Terminal) {
        let isWaiting = state.withLock { $0.waiter != nil }
        if isWaiting { terminal.draw(outage.text, .yellow) }
    }

    /// Lets go of whoever waits: the rest of the answers comes in its own time.
    func end() {
        let waiter = state.withLock { state in
            state.isOver = true
            return state.waiter.take()
        }
        terminal.clear()
        waiter?.resume()
    }

    private func answer(_ text: String) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.unanswered -= 1
            // Nobody is asked for a line while a record has no answer: the row holds no prompt.
            if !state.isOver { terminal.clear() }
            return state.unanswered == 0 ? state.waiter.take() : nil
        }
        terminal.note(text)
        waiter?.resume()
    }

    private func text(of error: KafkaError) -> String {
        let step = NextStep.after(error.code).map { "; \($0)" } ?? ""
        return "\(terminal.colored("→ failed:", .red)) \(error.code.name): \(printable(error.message))\(step)"
    }
}
