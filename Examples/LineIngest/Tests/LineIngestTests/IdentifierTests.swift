// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LineIngest

private let now = IdentifierSource.epoch + 1_000_000

@Suite struct IdentifierSourceTests {
    @Test func theyRiseWhateverTheClockDoes() throws {
        var source = IdentifierSource(worker: 5, start: 0)
        var generator = SystemRandomNumberGenerator()
        var last: UInt64 = 0
        for _ in 0..<100_000 {
            // Set back and forth by up to a minute.
            let time = now + Int64.random(in: -60_000...60_000, using: &generator)
            let next = source.next(now: time)
            let identifier = try #require(next)
            #expect(identifier > last)
            last = identifier
        }
    }

    @Test func moreThanAMillisecondHolds() {
        var source = IdentifierSource(worker: 1023, start: 0)
        var seen: Set<UInt64> = []
        for _ in 0..<10_000 { if let identifier = source.next(now: now) { seen.insert(identifier) } }
        #expect(seen.count == 10_000)
        #expect(Set(seen.map { $0 >> 22 }) == [1_000_000, 1_000_001, 1_000_002])
        #expect(seen.allSatisfy { ($0 >> 12) & 1023 == 1023 })
    }

    @Test func workersNeverMeet() {
        var seen: Set<UInt64> = []
        for worker in 0..<8 {
            var source = IdentifierSource(worker: worker, start: 0)
            for _ in 0..<5_000 { if let identifier = source.next(now: now) { seen.insert(identifier) } }
        }
        #expect(seen.count == 40_000)
    }

    @Test func clocksBeyondTheBits() {
        var source = IdentifierSource(worker: 0, start: 0)
        #expect(source.next(now: .min) == 0)
        #expect(source.next(now: 0) == 1)
        #expect(source.next(now: .max) == nil)
        var full = IdentifierSource(worker: 0, start: .max)
        #expect(full.next(now: now) == nil)
    }

    @Test func textSortsAsNumbersDo() {
        #expect(IdentifierSource.text(255) == "00000000000000ff")
        #expect(IdentifierSource.text(.max) == "ffffffffffffffff")
    }
}

@Suite struct WorkerSlotTests {
    @Test func aNumberIsTakenOnceAtATime() throws {
        try withFolder { folder in
            let first = try WorkerSlot.acquire(in: folder)
            // Twice: the number is free again when the slot is gone.
            for _ in 0..<2 {
                let second = try WorkerSlot.acquire(in: folder)
                #expect(first.worker == 0 && second.worker == 1)
            }
        }
    }

    /// A process that was killed, and then the clock is set back by a day.
    @Test func noneComesAgainAfterACrash() throws {
        try withFolder { folder in
            func lastIdentifier(_ time: Int64) throws -> UInt64 {
                var supply = IdentifierSupply(try .acquire(in: folder))
                var last: UInt64 = 0
                for step in 0..<1_000 { last = try supply.next(now: time + Int64(step * 20)) }
                return last
            }
            let before = try lastIdentifier(now)
            var supply = IdentifierSupply(try .acquire(in: folder))
            #expect(try supply.next(now: now - 86_400_000) > before)
        }
    }

    @Test func anOrderlyEndGivesBackWhatWasReserved() throws {
        try withFolder { folder in
            func use() throws {
                var supply = IdentifierSupply(try .acquire(in: folder))
                _ = try supply.next(now: now)
                supply.finish()
            }
            try use()
            #expect(try WorkerSlot.acquire(in: folder).start == 1_000_001)
        }
    }

    @Test func aDamagedFileIsNamed() throws {
        try withFolder { folder in
            try "12x\n".write(toFile: "\(folder)/worker-0", atomically: false, encoding: .utf8)
            #expect {
                try WorkerSlot.acquire(in: folder)
            } throws: {
                "\($0)".contains("\(folder)/worker-0 holds no number")
            }
        }
    }
}

func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.path + "/line-ingest-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}
