// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Testing

@testable import kprod

@Suite struct WorkloadTests {
    private let times = SendTimes(intended: 1, sent: 2, isWarmup: false)

    private func records(_ workload: Workload, count: Int, seed: UInt64 = 1) -> [ProducerMessage] {
        var maker = RecordMaker(workload, topic: "t", seed: seed)
        return (0..<count).map { maker.make($0, metadata: times) }
    }

    private func values(_ workload: Workload, count: Int, seed: UInt64 = 1) -> [[UInt8]] {
        records(workload, count: count, seed: seed).map { $0.value?.array ?? [] }
    }

    @Test func valuesAreLettersAndNoTwoAreEqual() {
        let values = values(Workload(), count: 500)
        #expect(values.allSatisfy { $0.count == 100 && $0.allSatisfy { (65...90).contains($0) } })
        #expect(Set(values).count == 500)
        // Each letter comes about as often as any other.
        let counts = Dictionary(grouping: values.joined()) { $0 }.mapValues(\.count)
        #expect(counts.count == 26)
        #expect(counts.values.allSatisfy { (1_600...2_300).contains($0) }, "\(counts)")
    }

    @Test func theSameSeedMakesTheSameRecords() {
        #expect(values(Workload(), count: 20) == values(Workload(), count: 20))
        #expect(values(Workload(), count: 20) != values(Workload(), count: 20, seed: 2))
    }

    @Test func sizesVaryAsAskedFor() {
        var workload = Workload()
        workload.payload = .random(.range(10...20), compressibility: nil)
        let sizes = values(workload, count: 2_000).map(\.count)
        #expect(Set(sizes) == Set(10...20))
        workload.payload = .random(.normal(mean: 1_000, deviation: 100), compressibility: nil)
        let normal = values(workload, count: 2_000).map { Double($0.count) }
        let mean = normal.reduce(0, +) / 2_000
        let deviation = (normal.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 2_000).squareRoot()
        #expect((985...1_015).contains(mean))
        #expect((90...110).contains(deviation))
    }

    @Test(arguments: [0, 0.5, 1])
    func aShareOfAValueIsNoNews(share: Double) {
        var workload = Workload()
        workload.payload = .random(.fixed(1_000), compressibility: share)
        for value in values(workload, count: 10) {
            let news = Int(1_000 * (1 - share))
            #expect(value[news...].allSatisfy { $0 == UInt8(ascii: "x") })
            if news > 0 { #expect(Set(value[..<news]).count > 150) }
        }
    }

    @Test func keysHeadersAndNumbers() {
        var workload = Workload()
        workload.keys = .range(3)
        workload.headers = (2, 5)
        workload.payload = .monotonic
        let made = records(workload, count: 4)
        #expect(made.map { $0.key?.string } == ["0", "1", "2", "0"])
        #expect(made.map { $0.value?.string } == ["0", "1", "2", "3"])
        #expect(made[0].headers.map(\.name) == ["header-0", "header-1"])
        #expect(made[0].headers.allSatisfy { $0.value?.count == 5 })
        #expect((made[3].metadata as? SendTimes)?.bytes == 1)
        workload.keys = .random(200_000)
        let keys = Set(records(workload, count: 1_000).compactMap { $0.key?.string.flatMap { Int($0) } })
        #expect(keys.count > 950 && keys.allSatisfy { (0..<200_000).contains($0) })
        #expect(keys.contains { $0 >= 100_000 })
        workload.payload = .given([Array("a".utf8), Array("b".utf8)])
        #expect(Set(values(workload, count: 50).map { String(decoding: $0, as: UTF8.self) }) == ["a", "b"])
    }

    @Test func slowRecordsAreDueEachAndFastOnesInGroups() {
        #expect(Schedule(start: 5, rate: nil).due(7) == nil)
        let slow = Schedule(start: 1_000, rate: 100)
        #expect((0..<3).map { slow.due($0) } == [1_000, 10_001_000, 20_001_000])
        let fast = Schedule(start: 0, rate: 4_000)
        #expect((0..<6).map { fast.due($0) } == [0, 0, 0, 0, 1_000_000, 1_000_000])
    }

    @Test(arguments: [
        ("100", Workload.Sizes.fixed(100)), ("1KiB", .fixed(1_024)), ("100..2000", .range(100...2_000)),
        ("0", .fixed(0)),
        ("normal(1000, 200)", .normal(mean: 1_000, deviation: 200)),
    ])
    func sizesAreUnderstood(text: String, sizes: Workload.Sizes) throws {
        #expect(try OptionValue.sizes(text) == sizes)
    }

    @Test(arguments: ["", "-1", "1..", "20..10", "normal(5)", "normal(1,2,3)", "2000000000", "1...2", "ten"])
    func whatIsNoSizeIsRefused(text: String) {
        #expect(throws: OptionValue.Invalid.self) { try OptionValue.sizes(text) }
    }

    @Test func ratesAndHeadersAreUnderstood() throws {
        #expect(try OptionValue.recordRate("-1") == nil)
        #expect(try OptionValue.recordRate("0.5") == 0.5)
        for text in ["0", "-2", "fast", "nan", "inf", "1e10"] {
            #expect(throws: OptionValue.Invalid.self) { try OptionValue.recordRate(text) }
        }
        #expect(try OptionValue.headers("3,20") == (3, 20))
        for text in ["3", "3,", "-1,2", "1,2,3", "2000,1"] {
            #expect(throws: OptionValue.Invalid.self) { try OptionValue.headers(text) }
        }
    }
}
