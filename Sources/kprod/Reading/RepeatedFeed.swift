// SPDX-License-Identifier: Apache-2.0

/// The records of another feed, several times over.
struct RepeatedFeed: RecordFeed {
    let feed: any RecordFeed
    let count: Int

    func run(into sink: RecordSink, until stop: StopSwitch) async -> [ToolError] {
        var problems: [ToolError] = []
        for _ in 0..<count where !stop.isOn && !sink.isClosed && problems.isEmpty {
            problems += await feed.run(into: sink, until: stop)
        }
        return problems
    }
}
