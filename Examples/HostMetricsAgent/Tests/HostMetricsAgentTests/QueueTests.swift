// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HostMetricsAgent

@Suite struct QueueStateTests {
    private func state(_ events: QueueState.Event...) -> QueueState {
        events.reduce(into: .first) { $0.handle($1) }
    }

    @Test func lives() {
        #expect(state(.delivered(isBehind: false)) == .normal)
        #expect(state(.failed) == .behind(failures: 1))
        #expect(state(.failed, .failed, .piledUp) == .behind(failures: 2))
        #expect(state(.failed, .delivered(isBehind: true)) == .behind(failures: 0))
        #expect(state(.failed, .delivered(isBehind: true), .delivered(isBehind: false)) == .normal)
        #expect(state(.piledUp) == .first)
        #expect(state(.delivered(isBehind: false), .piledUp) == .behind(failures: 0))
        #expect(state(.failed, .terminate) == .terminating(failures: 0))
        #expect(state(.terminate, .failed, .terminate, .piledUp) == .terminating(failures: 1))
        #expect(state(.terminate, .delivered(isBehind: false)) == .terminating(failures: 0))
    }

    @Test func pausesGrowAndEnd() {
        let pauses = (1...10).map { QueueState.behind(failures: $0).pause }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60].map { .seconds($0) })
        #expect(QueueState.behind(failures: .max).pause == .seconds(60))
        #expect(QueueState.behind(failures: 0).pause == nil)
    }
}

@Suite struct PostQueueTests {
    private func sample(_ time: Int64) -> PostQueue.Event { .sampled(Sample(time: time)) }

    private func times(_ actions: [PostQueue.Action]) -> [[Int64]] {
        actions.compactMap { action in
            guard case .post(let post) = action else { return nil }
            return post.samples.map(\.time)
        }
    }

    @Test func postsAtTheHostsTimeWhatPiledUp() {
        var queue = PostQueue(limits: .init())
        for time in 1...3 { #expect(queue.handle(sample(Int64(time))).isEmpty) }
        #expect(times(queue.handle(.due)) == [[1, 2, 3]])
        _ = queue.handle(sample(4))
        // One at a time.
        #expect(queue.handle(.due).isEmpty)
        #expect(queue.handle(.delivered(1)).isEmpty)
        #expect(times(queue.handle(.due)) == [[4]])
        #expect(queue.counts.delivered == 3 && queue.remaining == 1)
    }

    @Test func catchesUpWithTwoPostsAtMost() {
        var queue = PostQueue(limits: .init(samples: 100, samplesPerPost: 10, attempts: 5))
        for time in 1...5 { _ = queue.handle(sample(Int64(time))) }
        _ = queue.handle(.due)
        for time in 6...50 { _ = queue.handle(sample(Int64(time))) }
        #expect(queue.handle(.failed(1, .unreachable)) == [.pause(.seconds(1))])
        #expect(queue.handle(.due).isEmpty)
        // One tries whether brokers are back; then two at once, the oldest first.
        #expect(times(queue.handle(.resume)) == [Array(1...10)])
        #expect(times(queue.handle(.delivered(2))) == [Array(11...20), Array(21...30)])
        #expect(times(queue.handle(.delivered(3))) == [Array(31...40)])
        #expect(queue.state == .behind(failures: 0))
        #expect(times(queue.handle(.delivered(4))) == [])
        #expect(queue.state == .normal)
    }

    @Test func whatIsRefusedTooOftenIsGivenUpAndWhatFindsNoBrokerIsNot() {
        var queue = PostQueue(limits: .init(samples: 100, samplesPerPost: 10, attempts: 2))
        _ = queue.handle(sample(1))
        _ = queue.handle(.due)
        for number in 1...1_000 {
            _ = queue.handle(.failed(number, .unreachable))
            #expect(times(queue.handle(.resume)) == [[1]])
        }
        _ = queue.handle(.failed(1_001, .refused))
        #expect(times(queue.handle(.resume)) == [[1]])
        _ = queue.handle(.failed(1_002, .refused))
        #expect(queue.remaining == 0 && queue.counts.givenUp == 1)
    }

    @Test func tooLargeIsCutInHalves() {
        var queue = PostQueue(limits: .init())
        for time in 1...8 { _ = queue.handle(sample(Int64(time))) }
        _ = queue.handle(.due)
        _ = queue.handle(.failed(1, .tooLarge))
        #expect(times(queue.handle(.resume)) == [Array(1...4)])
    }

    @Test func theEndDoesNotWaitForAPause() {
        var queue = PostQueue(limits: .init())
        _ = queue.handle(sample(1))
        _ = queue.handle(.due)
        _ = queue.handle(.failed(1, .unreachable))
        #expect(times(queue.handle(.terminate)) == [[1]])
        // Nothing new any more.
        _ = queue.handle(sample(2))
        #expect(queue.handle(.delivered(2)) == [.finish])
        #expect(queue.handle(.resume).isEmpty)
        var empty = PostQueue(limits: .init())
        #expect(empty.handle(.terminate) == [.finish])
    }

    /// Whatever happens: each sample is counted once, and never more than two posts are under way.
    @Test func theAccountAlwaysAddsUp() {
        for _ in 0..<300 {
            var queue = PostQueue(limits: .init(samples: 20, samplesPerPost: 4, attempts: 3))
            var underWay: [Int] = []
            var sampled = 0
            for step in 0..<200 {
                let event: PostQueue.Event
                switch Int.random(in: 0..<10) {
                case 0..<4:
                    event = .sampled(Sample(time: Int64(step)))
                    sampled += 1
                case 4: event = .due
                case 5: event = .resume
                case 6, 7: event = .delivered(underWay.popLast() ?? 999)
                default:
                    let failures: [PostQueue.Failure] = [.unreachable, .refused, .tooLarge]
                    event = .failed(underWay.popLast() ?? 999, failures.randomElement() ?? .refused)
                }
                for case .post(let post) in queue.handle(event) { underWay.insert(post.number, at: 0) }
                let counts = queue.counts
                #expect(sampled == counts.delivered + counts.overflowed + counts.givenUp + queue.remaining)
                #expect(queue.postsUnderWay == underWay.count && underWay.count <= 2)
                #expect(queue.remaining <= 20 + 8)
            }
            // With brokers that answer, every end comes.
            var isFinished = false
            var actions = queue.handle(.terminate)
            for _ in 0..<100 where !isFinished {
                for case .post(let post) in actions { underWay.append(post.number) }
                isFinished = actions.contains(.finish)
                actions = underWay.popLast().map { queue.handle(.delivered($0)) } ?? []
            }
            #expect(isFinished && queue.remaining == 0)
        }
    }
}

@Suite struct SendingTimeTests {
    @Test func hostsAreSpreadOverThePeriod() {
        var hostsOfSecond = [Int](repeating: 0, count: 60)
        for host in 0..<6_000 {
            let time = SendingTime(host: "web-\(host).example.com", period: .seconds(60))
            hostsOfSecond[Int(time.offset.components.seconds)] += 1
        }
        #expect(hostsOfSecond.allSatisfy { (50...160).contains($0) })
    }

    @Test func theNextMomentIsTheHosts() {
        let time = SendingTime(host: "db-1", period: .seconds(10))
        for milliseconds in stride(from: Int64(1_700_000_000_000), to: 1_700_000_030_000, by: 37) {
            let wait = time.wait(from: .milliseconds(milliseconds))
            #expect(wait > .zero && wait <= .seconds(10))
            let moment = Duration.milliseconds(milliseconds) + wait
            #expect(moment.components.seconds % 10 == time.offset.components.seconds)
        }
    }

    /// The same in every process and on every machine.
    @Test func theHashIsFNV() { #expect(SendingTime.hash("foobar") == 0x85_944_171_f739_67e8) }
}
