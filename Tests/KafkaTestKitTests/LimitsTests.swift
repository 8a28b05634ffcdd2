// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaTestKit

@Suite struct LimitsTests {
    @Test(arguments: [
        (Duration.zero, Int32(0)),
        (.seconds(-5), 0),
        (.seconds(Int64.min), 0),
        (.nanoseconds(1), 1),
        (.microseconds(1001), 2),
        (.milliseconds(250), 250),
        (.seconds(90), 90_000),
        (.milliseconds(Int64(Int32.max)), .max),
        (.seconds(Int64.max), .max),
        (.seconds(Int64.max) * 2, .max),
    ])
    func durationsFitCsInt(duration: Duration, milliseconds: Int32) {
        #expect(duration.clampedMilliseconds == milliseconds)
    }
}
