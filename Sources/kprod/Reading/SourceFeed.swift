// SPDX-License-Identifier: Apache-2.0

/// Records that are read from files and standard input, one after the other.
protocol SourceFeed: RecordFeed {
    var sources: [InputSource] { get }
    /// Whether records can be read from any record on, from where ``ChunkReader/origin`` says.
    var canBeginAnywhere: Bool { get }
    /// Hands over the records of one input.
    func feed(
        _ reader: ChunkReader,
        of source: InputSource,
        into sink: RecordSink,
        until stop: StopSwitch
    ) async throws(RecordSink.Closed)
}

extension SourceFeed {
    var canBeginAnywhere: Bool { false }

    func run(into sink: RecordSink, until stop: StopSwitch) async -> [ToolError] {
        defer { sink.publish() }
        var problems: [ToolError] = []
        for (index, source) in sources.enumerated() where !stop.isOn {
            let reader = ChunkReader(source, from: sink.begin(index, canSeek: canBeginAnywhere))
            if source == .standardInput, let conversation = sink.conversation { reader.talk(conversation) }
            let listener = stop.onStop { reader.stop() }
            defer { stop.forget(listener) }
            reader.start()
            do throws(RecordSink.Closed) {
                try await feed(reader, of: source, into: sink, until: stop)
            } catch {
                reader.stop()
                return problems
            }
            if let failure = reader.failure {
                problems.append(failure)
            } else if !stop.isOn {
                sink.finish(index)
            }
        }
        return problems
    }
}
