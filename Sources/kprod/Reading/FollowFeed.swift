// SPDX-License-Identifier: Apache-2.0

/// Records that are lines of files which grow; without an end of its own.
struct FollowFeed<Rules: LineRules>: RecordFeed {
    let sources: [InputSource]
    let cutter: LineCutter<Rules>
    /// Gets what people should know about the files.
    let notify: @Sendable (String) -> Void

    func run(into sink: RecordSink, until stop: StopSwitch) async -> [ToolError] {
        let reader = FollowReader(sources, notify: notify)
        let listener = stop.onStop { reader.stop() }
        defer {
            reader.stop()
            stop.forget(listener)
            sink.publish()
        }
        var splitters = sources.map { _ in cutter.makeSplitter() }
        reader.start()
        do throws(RecordSink.Closed) {
            while let (file, event) = await reader.next() {
                let name = sources[file].name
                switch event {
                case .bytes(let chunk):
                    try await cutter.cut(chunk, &splitters[file], of: name, into: sink, until: stop)
                case .ended:
                    try await cutter.finish(&splitters[file], of: name, into: sink)
                    splitters[file] = cutter.makeSplitter()
                }
            }
        } catch {
            // What became of the records is accounted for.
        }
        return []
    }
}
