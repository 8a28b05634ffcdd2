// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// Records that are JSON values, one after the other.
struct JSONFeed: SourceFeed {
    let sources: [InputSource]
    let rules: EnvelopeRules
    /// Get what was dropped because the rules allow it.
    let notices: Notices
    /// For records that bring no key of their own.
    let key: [UInt8]?
    /// The longest value, in bytes of JSON.
    let limit: Int
    var canBeginAnywhere: Bool { true }

    func feed(
        _ reader: ChunkReader,
        of source: InputSource,
        into sink: RecordSink,
        until stop: StopSwitch
    ) async throws(RecordSink.Closed) {
        let name = source.name
        var splitter = JSONSplitter(limit: limit, from: reader.origin)
        while let chunk = await reader.next() {
            let bytes = chunk.span
            var offset = 0
            while !stop.isOn {
                let piece = splitter.next(in: bytes, at: &offset)
                if piece == .needsMore { break }
                try await settle(piece, &splitter, name, sink)
            }
            sink.publish()
            if stop.isOn { return }
        }
        // An input that was stopped half way has no last value.
        while !stop.isOn && reader.failure == nil {
            let piece = splitter.finish()
            if piece == .needsMore { return }
            try await settle(piece, &splitter, name, sink)
        }
    }

    private func settle(
        _ piece: JSONSplitter.Piece,
        _ splitter: inout JSONSplitter,
        _ name: String,
        _ sink: RecordSink
    ) async throws(RecordSink.Closed) {
        let place = Place(source: name, line: splitter.line, offset: splitter.start, end: splitter.end)
        switch piece {
        case .value:
            if sink.remembersInput { sink.remember(splitter.source.span) }
            try await send(splitter.source, at: place, to: sink)
        case .broken(let reason):
            if sink.remembersInput { sink.remember(splitter.source.span) }
            try sink.unparsable("is not JSON: \(reason)", at: place)
        case .tooLong(let bytes):
            let text = "a value of \(NumberText.grouped(bytes)) bytes is over the limit of \(NumberText.grouped(limit))"
            try sink.refuse(KafkaError(.messageTooLarge, text), at: place)
        case .needsMore: break
        }
        splitter.dropSource()
    }

    private func send(_ json: [UInt8], at place: Place, to sink: RecordSink) async throws(RecordSink.Closed) {
        let envelope: RecordEnvelope
        do throws(JSONCursor.Invalid) {
            envelope = try RecordEnvelope(json, rules)
        } catch {
            return try sink.unparsable(error.reason, at: place)
        }
        switch envelope {
        case .record(let all, let ignored):
            if let ignored {
                notices.say("members that no record has, such as \"\(printable(ignored, limit: 60))\", are left out")
            }
            var record = all.keeping(rules.preserved)
            record.key = record.key ?? key
            try await sink.send(record, at: place)
        case .deadLetterHead: break
        case .unparsedLetter:
            let reason = "is a dead letter of input that was no record; mend what its raw_base64 holds"
            try sink.unparsable(reason, at: place, letter: json)
        }
    }
}
