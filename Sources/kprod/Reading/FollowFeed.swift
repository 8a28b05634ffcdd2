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
        let earlier = sources.indices.map { taker.earlierFiles(of: $0) }
        let reader = FollowReader(sources, from: start, earlier: earlier, notify: notify)
        let listener = stop.onStop { reader.stop() }
        defer {
            reader.stop()
            stop.forget(listener)
            taker.publish()
        }
        let handovers = sources.map { Handover(name: $0.path, key: key, tee: nil, taker: taker, stop: stop) }
        var parsers: [FileNumber: Parser] = [:]
        // What each file is among the inputs of a checkpoint.
        var inputs: [FileNumber: Int] = [:]
        // How many bytes were taken out of each pipe.
        var streams: [FileNumber: Int] = [:]
        reader.start()
        do throws(StopReading) {
            while let item = await reader.next() {
                let number = FileNumber(source: item.source, file: item.file)
                let handover = handovers[item.source]
                if let input = inputs[number] { taker.turn(to: input) }
                switch item.event {
                case .began(let position, let file, let known):
                    let input = known ?? taker.add(file, of: item.source, from: position)
                    if file == nil { streams[number] = 0 }
                    _ = taker.begin(input, canSeek: true)
                    inputs[number] = input
                    parsers[number] = makeParser(position)
                case .known(let file): if let input = inputs[number] { taker.know(input, as: file) }
                case .lost(let input): taker.forget(input)
                case .bytes(let chunk):
                    // Taken out, so that it is not copied.
                    guard var parser = parsers.removeValue(forKey: number) else { break }
                    streams[number]? += chunk.count
                    try await handover.take(chunk.span, &parser)
                    parsers[number] = parser
                case .ended:
                    guard var parser = parsers.removeValue(forKey: number) else { break }
                    try await handover.finish(&parser)
                    if let input = inputs.removeValue(forKey: number) { taker.end(input, .complete) }
                }
            }
        } catch {
            // What became of the records is accounted for.
        }
        return parsers.map { number, parser in
            let place = handovers[number.source].place(of: parser).behind
            let late = (streams[number] ?? 0) - place.offset
            return .stoppedEarly(late > 0 ? .toldTooLate(bytes: late) : .told, place)
        }
    }
}
