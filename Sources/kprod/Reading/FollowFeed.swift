// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Records of files which grow; without an end of its own.
struct FollowFeed<Parser: InputParser>: RecordFeed {
    let sources: [InputSource]
    /// For records that bring no key of their own.
    var key: [UInt8]?
    let start: FollowedFile.Start
    /// Makes what finds the records of a file from a place on.
    let makeParser: @Sendable (Position) -> Parser
    /// Gets what people should know about the files.
    let notify: @Sendable (String) -> Void

    private struct FileNumber: Hashable {
        let source: Int
        let file: Int
    }

    func run(into taker: any RecordTaker, until stop: StopSwitch) async -> [FeedEnd] {
        let reader = FollowReader(sources, from: start, notify: notify)
        let listener = stop.onStop { reader.stop() }
        defer {
            reader.stop()
            stop.forget(listener)
            taker.publish()
        }
        let handovers = sources.map { Handover(name: $0.path, key: key, tee: nil, taker: taker, stop: stop) }
        var parsers: [FileNumber: Parser] = [:]
        reader.start()
        do throws(StopReading) {
            while let item = await reader.next() {
                let number = FileNumber(source: item.source, file: item.file)
                let handover = handovers[item.source]
                if case .began(let byte) = item.event { parsers[number] = makeParser(Position(byte: byte)) }
                // Taken out, so that it is not copied.
                guard var parser = parsers.removeValue(forKey: number) else { continue }
                switch item.event {
                case .began: parsers[number] = parser
                case .bytes(let chunk):
                    try await handover.take(chunk.span, &parser)
                    parsers[number] = parser
                case .ended: try await handover.finish(&parser)
                }
            }
        } catch {
            // What became of the records is accounted for.
        }
        return parsers.map { .stoppedEarly(.told, handovers[$0.key.source].place(of: $0.value).behind) }
    }
}
