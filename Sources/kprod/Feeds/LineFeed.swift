// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// Records that are lines of files, or pieces between delimiters.
struct LineFeed: SourceFeed {
    let sources: [InputSource]
    let rules: RecordRules
    var delimiter = Delimiter.newline
    /// The longest line, in bytes.
    let limit: Int
    /// Gets a copy of every record as it was read.
    var tee: OutputWriter?

    func feed(
        _ reader: ChunkReader,
        named name: String,
        into sink: RecordSink,
        until stop: StopSwitch
    ) async throws(RecordSink.Closed) {
        var splitter = LineSplitter(limit: limit, delimiter: delimiter)
        while let chunk = await reader.next() {
            let bytes = chunk.span
            var offset = 0
            pieces: while !stop.isOn {
                let piece = splitter.next(in: bytes, at: &offset)
                switch piece {
                case .line(let range):
                    let place = Place(source: name, line: splitter.lineNumber, offset: splitter.lineStart)
                    try await send(bytes.extracting(range), at: place, to: sink)
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
        let place = Place(source: name, line: splitter.lineNumber, offset: splitter.lineStart)
        switch piece {
        case .carried:
            try await send(splitter.carry.span, at: place, to: sink)
            splitter.dropCarry()
        case .tooLong(let bytes):
            let text = "a line of \(NumberText.grouped(bytes)) bytes is over the limit of \(NumberText.grouped(limit))"
            sink.refuse(KafkaError(.messageTooLarge, text), at: place)
        case .line, .needsMore: break
        }
    }

    private func send(_ line: Span<UInt8>, at place: Place, to sink: RecordSink) async throws(RecordSink.Closed) {
        if let tee {
            tee.append(line)
            await tee.waitForRoom()
        }
        try await rules.send(line, at: place, to: sink)
    }
}
