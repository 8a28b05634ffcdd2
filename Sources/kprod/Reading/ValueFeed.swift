// SPDX-License-Identifier: Apache-2.0

/// Records whose values are written on the command line; nil is a tombstone.
struct ValueFeed: RecordFeed {
    let values: [[UInt8]?]
    let rules: RecordRules
    /// The key of all of them.
    let key: [UInt8]?

    func run(into taker: any RecordTaker, until stop: StopSwitch) async -> [FeedEnd] {
        defer { taker.publish() }
        for (index, value) in values.enumerated() {
            let place = Place(source: "--value", line: index + 1, offset: 0)
            if stop.isOn { return [.stoppedEarly(.told, place)] }
            let isMarked = value.map { rules.isMarker($0.span) } ?? false
            do throws(StopReading) {
                try await taker.take(InputRecord(key: key, value: isMarked ? nil : value), at: place)
            } catch {
                return [.stoppedEarly(.told, place)]
            }
        }
        return [.complete]
    }
}
