// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// Records that a parser finds in files.
struct ParsedFeed<Parser: RecordParser>: SourceFeed {
    let sources: [InputSource]
    let parser: Parser
    /// For records that bring no key of their own.
    var key: [UInt8]?
    /// The longest record, in bytes.
    let limit: Int

    func feed(
        _ reader: ChunkReader,
        of source: InputSource,
        into sink: RecordSink,
        until stop: StopSwitch
    ) async throws(RecordSink.Closed) {
        var buffer = InputBuffer(name: source.name)
        while let chunk = await reader.next() {
            buffer.append(chunk.span)
            let goesOn = try await handOver(&buffer, isEnd: false, to: sink, until: stop)
            sink.publish()
            if !goesOn || stop.isOn { return reader.stop() }
        }
        if stop.isOn || reader.failure != nil { return }
        _ = try await handOver(&buffer, isEnd: true, to: sink, until: stop)
    }

    /// Hands over every record that is complete; false when the rest is of no use.
    private func handOver(
        _ buffer: inout InputBuffer,
        isEnd: Bool,
        to sink: RecordSink,
        until stop: StopSwitch
    ) async throws(RecordSink.Closed) -> Bool {
        while !stop.isOn, !buffer.isEmpty {
            let parsed = parser.parse(buffer.bytes.span.extracting(buffer.rest), isEnd: isEnd)
            if sink.remembersInput, let length = parsed.length { remember(length, of: buffer, sink) }
            switch parsed {
            case .record(var record, let length):
                record.key = record.key ?? key
                try await sink.send(record, at: buffer.place)
                buffer.consume(length)
            case .parts(let key, let value, let length):
                try await send(key, value, of: buffer, to: sink)
                buffer.consume(length)
            case .invalid(let reason, let length):
                try sink.unparsable(reason, at: buffer.place)
                buffer.consume(length)
            case .tooLarge(let size, let length):
                try refuse(size, at: buffer.place, sink)
                buffer.consume(length)
            case .needsMore:
                if isEnd {
                    try sink.unparsable("the input ends inside a record", at: buffer.place)
                    return false
                }
                // Delimiters and what stands around the parts have room, too.
                if buffer.count <= 2 * limit + ChunkReader.chunkSize { return true }
                try refuse(buffer.count, at: buffer.place, sink)
                return false
            case .broken(let reason):
                try sink.unparsable("\(reason); the rest of \(buffer.name) was not read", at: buffer.place)
                return false
            }
        }
        return true
    }

    /// For dead letters.
    private func remember(_ length: Int, of buffer: InputBuffer, _ sink: RecordSink) {
        let rest = buffer.bytes.span.extracting(buffer.rest)
        sink.remember(rest.extracting(0..<min(length, rest.count)))
    }

    private func send(
        _ key: Range<Int>?,
        _ value: Range<Int>?,
        of buffer: InputBuffer,
        to sink: RecordSink
    ) async throws(RecordSink.Closed) {
        let bytes = buffer.bytes.span.extracting(buffer.rest)
        let text: Span<UInt8>? = if let value { bytes.extracting(value) } else { nil }
        if let key { return try await sink.send(key: bytes.extracting(key), value: text, at: buffer.place) }
        try await sink.send(key: self.key?.span, value: text, at: buffer.place)
    }

    private func refuse(_ size: Int, at place: Place, _ sink: RecordSink) throws(RecordSink.Closed) {
        let text = "a record of \(NumberText.grouped(size)) bytes is over the limit of \(NumberText.grouped(limit))"
        try sink.refuse(KafkaError(.messageTooLarge, text), at: place)
    }
}
