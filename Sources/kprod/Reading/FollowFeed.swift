// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// Records that are lines of files which grow; without an end of its own.
struct FollowFeed<Rules: LineRules>: RecordFeed {
    let sources: [InputSource]
    let cutter: LineCutter<Rules>
    let start: FollowedFile.Start
    /// Gets what people should know about the files.
    let notify: @Sendable (String) -> Void

    private struct FileNumber: Hashable {
        let source: Int
        let file: Int
    }

    func run(into sink: RecordSink, until stop: StopSwitch) async -> [ToolError] {
        let reader = FollowReader(sources, from: start, notify: notify)
        let listener = stop.onStop { reader.stop() }
        defer {
            reader.stop()
            stop.forget(listener)
            sink.publish()
        }
        var splitters: [FileNumber: LineSplitter] = [:]
        reader.start()
        do throws(RecordSink.Closed) {
            while let item = await reader.next() {
                let number = FileNumber(source: item.source, file: item.file)
                let name = sources[item.source].name
                if case .began(let byte) = item.event { splitters[number] = cutter.makeSplitter(from: Position(byte: byte)) }
                // Taken out, so that it is not copied.
                guard var splitter = splitters.removeValue(forKey: number) else { continue }
                switch item.event {
                case .began: splitters[number] = splitter
                case .bytes(let chunk):
                    try await cutter.cut(chunk, &splitter, of: name, into: sink, until: stop)
                    splitters[number] = splitter
                case .ended: try await cutter.finish(&splitter, of: name, into: sink)
                }
            }
        } catch {
            // What became of the records is accounted for.
        }
        return []
    }
}
