// SPDX-License-Identifier: Apache-2.0

/// Made-up records of one size: a running number in front, so that no two are equal.
struct GeneratedFeed: RecordFeed {
    let count: Int
    let size: Int

    func run(into sink: RecordSink, until stop: StopSwitch) async -> [ToolError] {
        defer { sink.publish() }
        var value = [UInt8](repeating: UInt8(ascii: "."), count: size)
        for number in 0..<count {
            if stop.isOn { return [] }
            var rest = number
            for index in (0..<min(size, 12)).reversed() {
                value[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            do throws(RecordSink.Closed) {
                try await sink.send(
                    key: nil,
                    value: value.span,
                    at: Place(source: "generated", line: number + 1, offset: number * size)
                )
            } catch {
                return []
            }
            if number % 1_000 == 0 { sink.publish() }
        }
        return []
    }
}
