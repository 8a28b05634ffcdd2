// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Synchronization

/// Shows a run while it lasts: redraws the live line ten times a second, or writes a line or an object now and then.
final class LiveView: Sendable {
    private struct State {
        var line: LiveLine
        var outages = OutageWatch()
        var rates = RateMeter(span: .zero)
    }

    private static let drawingInterval = Duration.milliseconds(100)

    private let kind: ProgressOptions.Kind
    private let interval: Duration
    /// Gets the objects, whatever is shown.
    private let output: OutputWriter?
    private let conversation: Conversation?
    private let terminal: Terminal
    private let look: @Sendable () -> ProgressSnapshot
    private let trouble: @Sendable () -> Trouble?
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    /// - Parameters:
    ///   - title: What is left of the line.
    ///   - total: How many records there will be, if known.
    ///   - look: The counts now.
    ///   - trouble: What the client complained of last.
    init(
        title: String,
        total: Int?,
        _ options: ProgressOptions,
        isQuiet: Bool,
        statsOutput: OutputWriter?,
        conversation: Conversation? = nil,
        _ terminal: Terminal,
        look: @escaping @Sendable () -> ProgressSnapshot,
        trouble: @escaping @Sendable () -> Trouble?
    ) {
        kind = options.kind(on: terminal, isQuiet: isQuiet)
        interval = options.interval
        self.conversation = conversation
        output = statsOutput
        self.terminal = terminal
        self.look = look
        self.trouble = trouble
        let line = LiveLine(title: title, total: total, hasUnicode: terminal.traits.hasUnicode)
        state = Mutex(State(line: line))
    }

    /// A view that is running.
    struct Running: Sendable {
        fileprivate let view: LiveView
        fileprivate let task: Task<Void, Never>

        /// Returns when the line is gone and the last object is with its writer.
        func stop() async {
            task.cancel()
            await task.value
            if view.kind == .bar { view.terminal.clear() }
            view.writeObject(view.snapshot(), isFinal: true)
        }
    }

    /// Whether there is anything to do between the beginning and the end.
    var isShown: Bool { kind != .none || output != nil }

    func run() -> Running {
        // The first rates are those since now.
        let snapshot = look()
        state.withLock { state in
            state.line.begin(at: snapshot)
            _ = state.rates.rate(snapshot)
        }
        return Running(view: self, task: Task { await show() })
    }

    /// Everything at this moment.
    func snapshot() -> ProgressSnapshot {
        var snapshot = look()
        snapshot.elapsed = start.duration(to: snapshot.time)
        snapshot.outage = state.withLock {
            $0.outages.look(
                settled: snapshot.delivered + snapshot.failed,
                inFlight: snapshot.inFlight,
                trouble: trouble(),
                at: snapshot.time
            )
        }
        return snapshot
    }

    private func show() async {
        var nextLine = start + interval
        while !Task.isCancelled {
            let snapshot = snapshot()
            if kind == .bar { draw(snapshot) }
            if snapshot.time >= nextLine {
                nextLine += interval
                if kind == .plain { terminal.note(text(snapshot, columns: nil)) }
                writeObject(snapshot, isFinal: false)
            }
            try? await Task.sleep(for: Self.drawingInterval)
        }
    }

    private func draw(_ snapshot: ProgressSnapshot) {
        if let conversation {
            // The row belongs to the prompt, except while an answer is long in coming.
            if let outage = snapshot.outage { conversation.show(outage, on: terminal) }
            return
        }
        terminal.draw(text(snapshot, columns: terminal.columns), snapshot.outage == nil ? nil : .yellow)
    }

    private func text(_ snapshot: ProgressSnapshot, columns: Int?) -> String {
        state.withLock { $0.line.text(snapshot, columns: columns) }
    }

    private func writeObject(_ snapshot: ProgressSnapshot, isFinal: Bool) {
        guard kind == .json || output != nil else { return }
        var rate = state.withLock { $0.rates.rate(snapshot) }
        if isFinal {
            let seconds = max(snapshot.elapsed / .seconds(1), 0.001)
            rate = (Double(snapshot.delivered) / seconds, Double(snapshot.bytes) / seconds, 0)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(ProgressObject(snapshot, rate: rate, isFinal: isFinal)) else { return }
        if kind == .json { terminal.note(object: String(decoding: data, as: UTF8.self)) }
        var line = [UInt8](data)
        line.append(UInt8(ascii: "\n"))
        output?.append(line.span)
    }
}
