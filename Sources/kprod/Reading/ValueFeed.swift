// SPDX-License-Identifier: Apache-2.0

/// Records whose values are written on the command line; nil is a tombstone.
struct ValueFeed: RecordFeed {
    let values: [[UInt8]?]
    let rules: RecordRules

    func run(into sink: RecordSink, until stop: StopSwitch) async -> [ToolError] {
        defer { sink.publish() }
        for (index, value) in values.enumerated() where !stop.isOn {
            let place = Place(source: "--value", line: index + 1, offset: 0)
            do throws(RecordSink.Closed) {
                try await rules.sendValue(value?.span, at: place, to: sink)
            } catch {
                return []
            }
        }
        return []
    }
}
