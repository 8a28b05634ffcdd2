// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@testable import kprod

@Suite struct ReportTests {
    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678"), (-1_000, "-1,000")])
    func groupedNumbers(number: Int, text: String) {
        #expect(NumberText.grouped(number) == text)
    }

    @Test(arguments: [(0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (6_888_896, "6.6 MiB"), (1 << 40, "1.0 TiB")])
    func sizes(bytes: Int, text: String) {
        #expect(NumberText.bytes(bytes) == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_100, "1.1k"), (415_000, "415k"), (999_600, "1.0M"), (1.2e9, "1.2G")])
    func rates(rate: Double, text: String) {
        #expect(NumberText.short(rate) == text)
    }

    @Test func times() {
        #expect(NumberText.seconds(.milliseconds(2_414)) == "2.41 s")
        #expect(NumberText.seconds(.seconds(65)) == "1:05 min")
        #expect(NumberText.limit(.seconds(10)) == "10 s")
        #expect(NumberText.limit(.milliseconds(500)) == "500 ms")
        #expect(NumberText.milliseconds(3_100) == "3.1 ms")
        #expect(NumberText.milliseconds(250) == "0.25 ms")
    }

    @Test func theAccountLine() {
        var account = Account()
        account.read = 1_000_010
        account.delivered = 1_000_000
        account.deliveredBytes = 6_888_896
        account.failed = 1
        account.undelivered = 7
        account.skipped = 2
        #expect(account.isBalanced)
        #expect(
            account.line(after: .milliseconds(2_410))
                == "delivered 1,000,000 (6.6 MiB) in 2.41 s = 415k/s; failed 1; undelivered 7; skipped 2"
        )
        account.undeliveredUnknown = 3
        account.deliveredBytes = nil
        #expect(account.line(after: .seconds(2)).hasSuffix("undelivered 7 (3 may be in the log); skipped 2"))
        account.delivered -= 1
        #expect(!account.isBalanced)
    }

    @Test func failuresAreGroupedByCause() {
        var groups = FailureGroups()
        for number in 0..<3 {
            let message = ProducerMessage(topic: "t", key: "k\u{1B}\(number)", value: "12345")
            let error = KafkaError(.messageTooLarge, "too large")
            groups.add(ProducerError(message: message, error: error, persistence: .notPersisted, partition: 2))
        }
        let purged = KafkaError(.purgedInFlight, "purged")
        let message = ProducerMessage(topic: "t", value: "1")
        groups.add(ProducerError(message: message, error: purged, persistence: .possiblyPersisted))
        groups.add(KafkaError(.cancelled, "cancelled"), at: "at a.txt:9")
        #expect(groups.failed == 3)
        #expect(groups.undelivered == 2)
        #expect(groups.undeliveredUnknown == 1)
        #expect(groups.bytes == 3 * 8 + 1)
        #expect(groups.causes == [.messageTooLarge])
        let lines = groups.lines
        #expect(lines.count == 2)
        #expect(
            lines.first?.hasPrefix("3 × MESSAGE_TOO_LARGE (first in t[2], key \"k\u{FFFD}0\"): too large; raise")
                == true
        )
        #expect(lines.last?.hasPrefix("2 × undelivered") == true)
        #expect(lines.last?.hasSuffix("dropped when kprod stopped; 1 may be in the log; send these again") == true)
    }

    @Test func theLiveLineFitsTheTerminal() {
        var line = LiveLine(title: "demo", total: 2_000)
        let start = ContinuousClock.now
        _ = line.text(ProgressSnapshot(time: start), columns: nil)
        var later = ProgressSnapshot(time: start + .seconds(1))
        later.delivered = 1_000
        later.bytes = 10_240
        later.latency = (3_100, 11_000)
        #expect(
            line.text(later, columns: nil)
                == "demo   50% ▕█████     ▏  1.0k/2.0k  1.0k/s 10.0 KiB/s  in flight 0  p50 3.1 ms p99 11.0 ms  "
                + "failed 0  0:01 left"
        )
        for columns in 1...120 {
            let text = line.text(later, columns: columns)
            #expect(text.count < columns || text == "demo")
        }
    }

    @Test func nothingIsDrawnOnDumbTerminals() {
        #expect(!Terminal(isTerminal: true, environment: ["TERM": "dumb"]) { _ in }.isInteractive)
        #expect(!Terminal(isTerminal: true, environment: [:]) { _ in }.isInteractive)
        #expect(!Terminal(isTerminal: false, environment: ["TERM": "xterm"]) { _ in }.isInteractive)
        #expect(Terminal(isTerminal: true, environment: ["TERM": "xterm"]) { _ in }.isInteractive)
    }
}

@Suite struct PlaceTagTests {
    @Test func tagsNameTheLineAndKeepTheOrder() throws {
        let tags = PlaceTags()
        let (one, other) = (tags.base(of: "a.txt"), tags.base(of: "b.txt"))
        #expect(tags.base(of: "a.txt") == one)
        let tag = try #require(PlaceTags.tag(other, line: 88))
        #expect(tags.text(of: tag) == "at b.txt:88")
        #expect(tag > (PlaceTags.tag(one, line: 4_000_000_000) ?? .max))
        #expect(tag < 1 << 48)
        #expect(PlaceTags.tag(one, line: 1 << 32) == nil)
        #expect(PlaceTags.tag(nil, line: 1) == nil)
        #expect(tags.text(of: 5 << 32) == nil)
    }

    /// Reports come partition by partition: the first to come need not be the first in the file.
    @Test func theFirstIsTheFirstOfTheInput() {
        let tags = PlaceTags()
        let base = tags.base(of: "a.txt")
        var groups = FailureGroups(tags: tags)
        for line in [412, 88, 90] {
            let message = ProducerMessage(topic: "t", value: "v", metadata: PlaceTags.tag(base, line: line))
            let error = KafkaError(.messageTimedOut, "late")
            groups.add(ProducerError(message: message, error: error, persistence: .notPersisted, partition: 1))
        }
        #expect(groups.lines.first?.hasPrefix("3 × _MSG_TIMED_OUT (first at a.txt:88, in t[1]): late") == true)
    }
    /// Some are dropped from the queue and some in flight; what an aborted transaction takes back was before both.
    @Test func theFirstThatIsUndelivered() {
        let tags = PlaceTags()
        let base = tags.base(of: "a.txt")
        var groups = FailureGroups(tags: tags)
        let drops: [(Int, KafkaError.Code)] = [(12, .purgedFromQueue), (13, .purgedFromQueue), (7, .purgedInFlight)]
        for (line, code) in drops {
            let message = ProducerMessage(topic: "t", value: "v", metadata: PlaceTags.tag(base, line: line))
            groups.add(ProducerError(message: message, error: KafkaError(code, ""), persistence: .notPersisted))
        }
        let dropped = "dropped when kprod stopped; send these again"
        #expect(groups.lines == ["3 × undelivered (first at a.txt:7, in t): \(dropped)"])
        groups.addAborted(6, isUnknown: false)
        #expect(groups.lines == ["9 × undelivered: their transaction was aborted; send these again"])
    }
}
