// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// Records that are lines of files: kcat's rules.
///
/// Empty lines are skipped, a key ends at the first delimiter, a line without one has no key, and the last line needs
/// no newline.
struct LineFeed: RecordFeed {
    let sources: [InputSource]
    let keyDelimiter: Delimiter?
    /// The longest line, in bytes.
    let limit: Int

    func run(into sink: RecordSink, until stop: StopSwitch) async -> [ToolError] {
        var problems: [ToolError] = []
        for source in sources where !stop.isOn {
            let reader = ChunkReader(source)
            stop.onStop { reader.stop() }
            reader.start()
            do throws(RecordSink.Closed) {
                try await feed(reader, name: source.name, into: sink, until: stop)
            } catch {
                reader.stop()
                return problems
            }
            if let failure = reader.failure { problems.append(failure) }
        }
        return problems
    }

    private func feed(
        _ reader: ChunkReader,
        name: String,
        into sink: RecordSink,
        until stop: StopSwitch
    ) async throws(RecordSink.Closed) {
        var splitter = LineSplitter(limit: limit)
        defer { sink.publish() }
        while let chunk = await reader.next() {
            let bytes = chunk.span
            var offset = 0
            pieces: while !stop.isOn {
                let piece = splitter.next(in: bytes, at: &offset)
                switch piece {
                case .line(let range):
                    try await send(bytes.extracting(range), splitter.lineNumber, name, sink)
                case .carried, .tooLong: try await settle(piece, &splitter, name, sink)
                case .needsMore: break pieces
                }
            }
            sink.publish()
            if stop.isOn { return }
        }
        // An input that was stopped half way has no last line.
        if !stop.isOn && reader.failure == nil {
            let last = splitter.finish()
            try await settle(last, &splitter, name, sink)
        }
    }

    /// Deals with a line that is not in a chunk.
    private func settle(
        _ piece: LineSplitter.Piece,
        _ splitter: inout LineSplitter,
        _ name: String,
        _ sink: RecordSink
    ) async throws(RecordSink.Closed) {
        switch piece {
        case .carried:
            try await send(splitter.carry.span, splitter.lineNumber, name, sink)
            splitter.dropCarry()
        case .tooLong(let bytes):
            let text = "a line of \(NumberText.grouped(bytes)) bytes is over the limit of \(NumberText.grouped(limit))"
            sink.refuse(KafkaError(.messageTooLarge, text), at: "at \(name):\(splitter.lineNumber)")
        case .line, .needsMore: break
        }
    }

    private func send(
        _ line: Span<UInt8>,
        _ number: Int,
        _ name: String,
        _ sink: RecordSink
    ) async throws(RecordSink.Closed) {
        if line.isEmpty { return sink.skip() }
        let place = { "at \(name):\(number)" }
        guard let delimiter = keyDelimiter?.bytes, let end = line.firstIndex(of: delimiter) else {
            return try await sink.send(key: nil, value: line, place: place)
        }
        let value = line.extracting((end + delimiter.count)..<line.count)
        try await sink.send(key: line.extracting(0..<end), value: value, place: place)
    }
}
