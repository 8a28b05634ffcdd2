// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// Records that are whole files, final newline and all.
struct WholeFeed: SourceFeed {
    let sources: [InputSource]
    let rules: RecordRules
    /// Whether a file's name is the key of its record.
    var isKeyedByName = false
    /// The longest file, in bytes.
    let limit: Int
    /// Gets a copy of every record as it was read.
    var tee: OutputWriter?

    func feed(
        _ reader: ChunkReader,
        of source: InputSource,
        into sink: RecordSink,
        until stop: StopSwitch
    ) async throws(RecordSink.Closed) {
        var bytes: [UInt8] = []
        var size = 0
        while let chunk = await reader.next() {
            size += chunk.count
            // What is too long is read to its end all the same: the message says how long it is.
            if size <= limit { bytes.append(chunk.span) }
        }
        // Half a file is not a record.
        if stop.isOn || reader.failure != nil { return }
        let place = Place(source: source.name, line: 1, offset: 0)
        if size > limit {
            let text = "a file of \(NumberText.grouped(size)) bytes is over the limit of \(NumberText.grouped(limit))"
            try sink.refuse(KafkaError(.messageTooLarge, text), at: place)
            return
        }
        if let tee {
            tee.append(bytes.span)
            await tee.waitForRoom()
        }
        if sink.remembersInput { sink.remember(bytes.span) }
        var rules = rules
        if isKeyedByName, rules.key == nil { rules.key = source.fileName }
        try await rules.send(bytes.span, at: place, to: sink)
    }
}
