// SPDX-License-Identifier: Apache-2.0

/// Records that are lines of files, or pieces between delimiters.
struct LineFeed<Rules: LineRules>: SourceFeed {
    let sources: [InputSource]
    let cutter: LineCutter<Rules>
    var canBeginAnywhere: Bool { true }

    func feed(
        _ reader: ChunkReader,
        of source: InputSource,
        into sink: RecordSink,
        until stop: StopSwitch
    ) async throws(RecordSink.Closed) {
        let name = source.name
        var splitter = cutter.makeSplitter(from: reader.origin)
        while let chunk = await reader.next() {
            try await cutter.cut(chunk, &splitter, of: name, into: sink, until: stop)
            if stop.isOn { return }
        }
        // An input that was stopped half way has no last line.
        if !stop.isOn && reader.failure == nil { try await cutter.finish(&splitter, of: name, into: sink) }
    }
}
