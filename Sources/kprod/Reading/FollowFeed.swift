// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Records of files which grow; without an end of its own.
struct FollowFeed<Parser: InputParser>: RecordFeed {
    let sources: [InputSource]
    /// For records that bring no key of their own.
    var key: [UInt8]?
    /// Makes what finds the records of a file from a place on.
    let makeParser: @Sendable (Position) -> Parser
    /// Gets what people should know about the files.
    let notify: @Sendable (String) -> Void

    func run(into taker: any RecordTaker, until stop: StopSwitch) async -> [FeedEnd] {
        let reader = FollowReader(sources, notify: notify)
        let listener = stop.onStop { reader.stop() }
        defer {
            reader.stop()
            stop.forget(listener)
            taker.publish()
        }
        let handovers = sources.map { Handover(name: $0.path, key: key, tee: nil, taker: taker, stop: stop) }
        var parsers = sources.map { _ in makeParser(Position()) }
        reader.start()
        do throws(StopReading) {
            while let (file, event) = await reader.next() {
                switch event {
                case .bytes(let chunk): try await handovers[file].take(chunk.span, &parsers[file])
                case .ended:
                    try await handovers[file].finish(&parsers[file])
                    parsers[file] = makeParser(Position())
                }
            }
        } catch {
            // What became of the records is accounted for.
        }
        return sources.indices.map { .stoppedEarly(.told, handovers[$0].place(of: parsers[$0]).behind) }
    }
}
