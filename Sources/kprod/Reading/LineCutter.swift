// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// Turns a line, without its delimiter, into a record.
protocol LineRules: Sendable {
    /// Hands over the record that `line` is, or counts that it is none.
    func send(_ line: Span<UInt8>, at place: Place, to sink: RecordSink) async throws(RecordSink.Closed)
    /// The same if nothing has to be waited for, as for nearly all lines: an asynchronous call costs more than to cut a
    /// line. Returns false, and has done nothing, when it takes ``send(_:at:to:)``.
    func sendNow(_ line: Span<UInt8>, at place: Place, to sink: RecordSink) throws(RecordSink.Closed) -> Bool
}

extension LineRules {
    func sendNow(_ line: Span<UInt8>, at place: Place, to sink: RecordSink) throws(RecordSink.Closed) -> Bool { false }
}

/// Cuts chunks of input into lines and hands each to the rules.
struct LineCutter<Rules: LineRules>: Sendable {
    let rules: Rules
    var delimiter = Delimiter.newline
    /// The longest line, in bytes.
    let limit: Int
    /// Gets a copy of every record as it was read.
    var tee: OutputWriter?

    /// What remembers a line between chunks; one for each input.
    func makeSplitter(from start: Position = Position()) -> LineSplitter {
        LineSplitter(limit: limit, delimiter: delimiter, from: start)
    }

    /// Deals with every line that ends in the chunk.
    func cut(
        _ chunk: Data,
        _ splitter: inout LineSplitter,
        of name: String,
        into sink: RecordSink,
        until stop: StopSwitch
    ) async throws(RecordSink.Closed) {
        let bytes = chunk.span
        var offset = 0
        while !stop.isOn {
            let piece = splitter.next(in: bytes, at: &offset)
            switch piece {
            case .line(let range):
                let place = splitter.place(in: name)
                let line = bytes.extracting(range)
                if sink.sendsNow, tee == nil, try rules.sendNow(line, at: place, to: sink) { continue }
                try await send(line, at: place, to: sink)
            case .carried, .tooLong: try await settle(piece, &splitter, name, sink)
            case .needsMore: return sink.publish()
            }
        }
    }

    /// Deals with a last line that has no delimiter.
    func finish(
        _ splitter: inout LineSplitter,
        of name: String,
        into sink: RecordSink
    ) async throws(RecordSink.Closed) {
        let last = splitter.finish()
        try await settle(last, &splitter, name, sink)
    }

    /// Deals with a line that is not in a chunk.
    private func settle(
        _ piece: LineSplitter.Piece,
        _ splitter: inout LineSplitter,
        _ name: String,
        _ sink: RecordSink
    ) async throws(RecordSink.Closed) {
        let place = splitter.place(in: name)
        switch piece {
        case .carried:
            try await send(splitter.carry.span, at: place, to: sink)
            splitter.dropCarry()
        case .tooLong(let bytes):
            let text = "a line of \(NumberText.grouped(bytes)) bytes is over the limit of \(NumberText.grouped(limit))"
            try sink.refuse(KafkaError(.messageTooLarge, text), at: place)
        case .line, .needsMore: break
        }
    }

    private func send(_ line: Span<UInt8>, at place: Place, to sink: RecordSink) async throws(RecordSink.Closed) {
        if let tee {
            tee.append(line)
            await tee.waitForRoom()
        }
        if sink.remembersInput { sink.remember(line) }
        try await rules.send(line, at: place, to: sink)
    }
}

extension LineSplitter {
    /// The place of the line found last.
    fileprivate func place(in name: String) -> Place {
        Place(source: name, line: lineNumber, offset: lineStart, end: lineEnd)
    }
}
