// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct TimeTextTests {
    private func time(_ text: String) -> TimeText? { TimeText(Array(text.utf8).span) }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-21T15:42:13.5+01:00", 1_795_272_133_500),
            ("2000-02-29t23:59:59.123456789Z", 951_868_799_123), ("1900-03-01T00:00:00-00:30", -2_203_889_400_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("1700000000123", 1_700_000_000_123), ("-1", -1), ("0", 0),
        ] as [(String, Int64)]
    )
    func times(text: String, milliseconds: Int64) {
        #expect(time(text)?.milliseconds == milliseconds)
        #expect(time(text)?.suspectedUnit == nil)
    }

    @Test(arguments: [
        "", "now", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01",
        "2026-01-01T00:00:00", "2026-01-01T24:00:00Z", "\u{0662}026-01-01T00:00:00Z", "2026-01-01T00:00:00.Z", "-",
        "1 ",
        "9999999999999999999", "2026-01-01T00:00:00Zx", "1e3", "2026-01-01T00:00:00+1:00", "2026-04-31T00:00:00Z",
    ])
    func noTimes(text: String) { #expect(time(text) == nil) }

    @Test(
        arguments: [
            ("1700000000", .seconds), ("1700000000000000", .microseconds), ("1700000000000000000", .nanoseconds),
            ("1971-01-01T00:00:00Z", nil), ("5", nil), ("99999999", nil),
        ] as [(String, TimeText.Unit?)]
    )
    func unitsThatAreNotMilliseconds(text: String, unit: TimeText.Unit?) {
        #expect(time(text)?.suspectedUnit == unit)
    }

    @Test func aDateInTheMiddleHasAnEnd() {
        func date(_ text: ArraySlice<UInt8>, at start: Int) -> TimeText.Reading {
            TimeText.date(in: text.span, at: start)
        }
        let text = Array("x2026-01-31T12:00:00Z-2".utf8)
        #expect(date(text[...], at: 1) == .time(1_769_860_800_000, end: 21))
        for end in 1...20 { #expect(date(text[..<end], at: 1) == .incomplete) }
        #expect(date(text[...], at: 0) == .none)
    }
}
