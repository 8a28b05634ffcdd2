// SPDX-License-Identifier: Apache-2.0

/// Which line an outcome belongs to: it travels with the record as its metadata.
struct Ticket: Sendable {
    let worker: Int
    let connection: UInt64
    let line: UInt64
    /// The key of its record.
    let key: String
}

/// One client. Belongs to its worker's thread.
final class Connection {
    /// What became of a line that was handed on.
    enum Submission {
        /// The answer comes with its outcome.
        case accepted
        /// Kafka is slow: the line must be handed on again.
        case full
        case refused(String)
    }

    /// The most lines that wait for Kafka, and the most bytes of answers that wait for the client: beyond, it is not read.
    private static let maximumAnswers = 1_000
    private static let maximumOutput = 64 << 10
    private static let lingering = Duration.seconds(2)

    let number: UInt64
    private let limits: Limits
    private let counters: Counters
    private let socket: Descriptor
    private var state = ConnectionState.open
    private var lines: LineSplitter
    private var answers = AnswerQueue()
    private var output: [UInt8] = []
    private var isFirstLine = true
    /// A line for which Kafka had no room.
    private(set) var held: [UInt8]?
    /// When a line was last served, or all answers written.
    private var progress = ContinuousClock.now

    init(_ socket: consuming Descriptor, number: UInt64, limits: Limits, counters: Counters) {
        self.number = number
        self.limits = limits
        self.counters = counters
        self.socket = socket
        lines = LineSplitter(limit: limits.lineBytes)
        self.socket.prepare()
    }

    var descriptor: Int32 { socket.number }
    var isClosed: Bool { state == .closed }
    var takesLines: Bool { state.takesLines }
    /// Whether the worker has it in its list of those with lines to serve.
    var isInTurn = false
    var wantsToWrite: Bool { !output.isEmpty }

    /// Not while Kafka or the client is slow: then the socket fills up, and the client waits. That is the back-pressure.
    var wantsToRead: Bool { state.reads && (!state.takesLines || hasRoom && held == nil) }

    private var hasRoom: Bool { answers.count < Self.maximumAnswers && output.count < Self.maximumOutput }

    func receive(_ buffer: inout [UInt8]) {
        switch socket.receive(into: &buffer) {
        case .bytes(let count):
            if state.takesLines { lines.append(buffer.prefix(count)) }
        case .notReady: break
        case .end: handle(.inputEnded)
        case .failed: handle(.failed)
        }
    }

    /// Serves up to `count` lines.
    ///
    /// - Returns: Whether it should be called again without anything new to read.
    func serve(_ count: Int, now: ContinuousClock.Instant, submit: ([UInt8], UInt64) -> Submission) -> Bool {
        for _ in 0..<count {
            guard state.takesLines, hasRoom else { break }
            if let line = held.take() {
                guard hand(line, submit) else { return true }
            } else if let item = lines.next() {
                progress = now
                guard serve(item, submit) else { return true }
            } else {
                if state == .ended, lines.hasRest {
                    lines.removeAll()
                    answers.append("error unfinished: the last line has no line feed and was not taken")
                }
                settle(now)
                return false
            }
        }
        settle(now)
        return state.takesLines && hasRoom
    }

    /// - Returns: False when Kafka has no room.
    private func serve(_ item: LineSplitter.Item, _ submit: ([UInt8], UInt64) -> Submission) -> Bool {
        defer { isFirstLine = false }
        guard case .line(let line) = item else {
            refuse("error too-long: a line has at most \(limits.lineBytes) bytes")
            return true
        }
        switch Request(line, isFirst: isFirstLine) {
        case .record(let value): return hand(value, submit)
        case .statistics: answers.append(counters.summary)
        case .empty: refuse("error empty: an empty line is no record")
        case .unknownCommand(let name):
            refuse("error unknown command !\(name): a record that begins with ! is sent with another ! before it")
        case .http:
            refuse(httpAnswer)
            handle(.stop)
        }
        return true
    }

    private func refuse(_ answer: String) {
        counters.add(\.refusedLines)
        answers.append(answer)
    }

    private func hand(_ line: [UInt8], _ submit: ([UInt8], UInt64) -> Submission) -> Bool {
        switch submit(line, answers.next) {
        case .accepted: answers.appendWaiting()
        case .refused(let reason): answers.append("error \(reason)")
        case .full:
            held = line
            return false
        }
        return true
    }

    func resolve(_ line: UInt64, _ answer: String, now: ContinuousClock.Instant) {
        answers.resolve(line, answer)
        settle(now)
    }

    func stop(now: ContinuousClock.Instant) {
        held = nil
        handle(.stop)
        settle(now)
    }

    func expire(now: ContinuousClock.Instant) {
        // While Kafka is slow it is not the client who is idle.
        if held != nil || answers.waiting > 0, output.isEmpty { progress = now }
        if now - progress >= (state == .lingering ? Self.lingering : limits.idle) {
            handle(.expired)
            progress = now
            settle(now)
        }
    }

    /// Writes what can be written, and goes on in its life when that was all.
    func settle(_ now: ContinuousClock.Instant) {
        for answer in answers.takeReady() { output.append(contentsOf: "\(answer)\n".utf8) }
        while !output.isEmpty {
            guard case .bytes(let count) = write() else { return }
            output.removeFirst(count)
            if output.isEmpty { progress = now }
        }
        let isServed = state.takesLines ? held == nil && !lines.hasRest : true
        if answers.count == 0, isServed { handle(.finished) }
    }

    private func write() -> Transfer {
        let transfer = socket.send(output[...])
        if transfer == .failed || transfer == .end { handle(.failed) }
        return transfer
    }

    private func handle(_ event: ConnectionState.Event) {
        switch state.handle(event) {
        case .none: break
        case .tellExpired: answers.append("error idle: no line for \(limits.idle)")
        case .shutDownWriting: socket.shutDownWriting()
        // The worker lets go of it, and the descriptor closes with it.
        case .close: output = []
        }
    }
}

/// For whoever pointed a browser here.
private let httpAnswer: String = {
    let text = "This port takes lines of text, not HTTP."
    let head = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    // The line feed that ends every answer is the last byte.
    return head + "Content-Length: \(text.utf8.count + 1)\r\n\r\n" + text
}()
