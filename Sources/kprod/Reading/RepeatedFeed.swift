// SPDX-License-Identifier: Apache-2.0

/// The records of another feed, several times over.
struct RepeatedFeed: RecordFeed {
    let feed: any RecordFeed
    let count: Int

    func run(into taker: any RecordTaker, until stop: StopSwitch) async -> [FeedEnd] {
        var ends: [FeedEnd] = []
        for _ in 0..<count where !stop.isOn && ends.allSatisfy({ $0 == .complete }) {
            // Those before were complete.
            ends = await feed.run(into: taker, until: stop)
        }
        return ends
    }
}
