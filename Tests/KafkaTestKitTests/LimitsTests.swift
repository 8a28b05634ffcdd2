// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
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

    /// Their mock cluster crashes the process where a partition has no leader.
    @Test(arguments: [Int32(0x0205_00ff), 0x0210_01ff]) func versionsThatCouldCrashAreRefused(version: Int32) {
        let error = #expect(throws: KafkaError.self) {
            try MockCluster.validate(0...10, of: .produce, version: version)
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(throws: Never.self) {
            try MockCluster.validate(3...9, of: .produce, version: version)
            try MockCluster.validate(0...12, of: .fetch, version: version)
            try MockCluster.validate(0...12, of: .produce, version: 0x0200_02ff)
        }
    }
}
