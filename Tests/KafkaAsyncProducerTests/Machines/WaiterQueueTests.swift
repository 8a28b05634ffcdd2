// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite struct WaiterQueueTests {
    /// An array that is sorted by id, and searched from its beginning.
    private struct Model {
        var waiters: [(id: UInt64, waiter: Int)] = []

        mutating func append(_ waiter: Int, id: UInt64) {
            waiters.insert((id, waiter), at: waiters.firstIndex { $0.id > id } ?? waiters.count)
        }

        mutating func remove(where matches: (UInt64, Int) -> Bool) -> Int? {
            waiters.firstIndex { matches($0.id, $0.waiter) }.map { waiters.remove(at: $0).waiter }
        }

        mutating func removeAll(where matches: (Int) -> Bool) -> [Int] {
            defer { waiters.removeAll { matches($0.waiter) } }
            return waiters.map(\.waiter).filter(matches)
        }
    }

    /// Every operation at random: long queues and short ones, ids that register late, and ids that are not there.
    @Test(arguments: 1...20) func behavesLikeASortedArray(appendsOfTen: Int) {
        var random = SplitMix64(seed: 1)
        var queue = WaiterQueue<Int>()
        var model = Model()
        var lateIDs: [UInt64] = []
        var lastID: UInt64 = 0
        for step in 0..<4_000 {
            switch Int.random(in: 0..<(10 + appendsOfTen), using: &random) {
            case 10...:
                lastID = queue.makeID()
                // One in eight is overtaken by those that come next.
                if Int.random(in: 0..<8, using: &random) == 0 {
                    lateIDs.append(lastID)
                } else {
                    queue.append(step, id: lastID)
                    model.append(step, id: lastID)
                }
            case 8...9:
                guard let index = lateIDs.indices.randomElement(using: &random) else { continue }
                let id = lateIDs.remove(at: index)
                queue.append(step, id: id)
                model.append(step, id: id)
            case 5...7: #expect(queue.popFirst() == model.remove { _, _ in true })
            case 2...4:
                let id = UInt64.random(in: 0...(lastID + 1), using: &random)
                #expect(queue.remove(id: id) == model.remove { other, _ in other == id })
            case 1:
                let digit = Int.random(in: 0..<10, using: &random)
                #expect(queue.removeFirst { $0 % 10 == digit } == model.remove { _, waiter in waiter % 10 == digit })
            default:
                let rest = Int.random(in: 0..<100, using: &random)
                let removed = queue.removeAll { $0 % 100 == rest }
                #expect(removed == model.removeAll { $0 % 100 == rest })
                if rest == 0 {
                    let all = queue.removeAll()
                    #expect(all == model.removeAll { _ in true })
                }
            }
            #expect(queue.count == model.waiters.count && queue.isEmpty == model.waiters.isEmpty)
            #expect(queue.first == model.waiters.first?.waiter)
            if step % 16 == 0 { #expect(queue.all == model.waiters.map(\.waiter)) }
        }
    }

    enum Order: CaseIterable { case forwards, backwards, random, fromTheMiddle }

    /// As cancelled groups of senders do: ten times as many take ten times as long, and not a hundred times.
    @Test(arguments: Order.allCases) func leavingCostsTheSameInAnyOrder(order: Order) {
        func time(_ count: Int) -> clock_t {
            var random = SplitMix64(seed: 1)
            var queue = WaiterQueue<(Int, String, String)>()
            let ids = (0..<count).map { number in
                let id = queue.makeID()
                queue.append((number, "", ""), id: id)
                return id
            }
            let leaving =
                switch order {
                case .forwards: ids
                case .backwards: Array(ids.reversed())
                case .random: ids.shuffled(using: &random)
                case .fromTheMiddle: Array(ids[(count / 2)...] + ids[..<(count / 2)])
                }
            // Of the processor: others use it, too.
            let start = clock()
            for id in leaving where queue.remove(id: id) == nil { Issue.record("\(id) is missing") }
            #expect(queue.isEmpty)
            return clock() - start
        }
        // The best of a few: caches are cold at first.
        let (few, many) = ((0..<5).map { _ in time(2_000) }.min(), (0..<5).map { _ in time(20_000) }.min())
        #expect(isSanitized || (many ?? .max) < max(few ?? 0, 1) * 40)
    }

    /// Somebody whose turn never comes, and many who give up behind him.
    @Test func thoseWhoLeftAreForgotten() {
        var queue = WaiterQueue<Int>()
        queue.append(0, id: queue.makeID())
        for number in 1...10_000 {
            let id = queue.makeID()
            queue.append(number, id: id)
            #expect(queue.remove(id: id) == number)
            #expect(queue.entries.count <= 40)
        }
        #expect(queue.all == [0])
    }

    /// A waiter may own the last reference to something.
    @Test func nothingIsKeptAliveByAWaiterThatLeft() {
        final class Thing {}
        var queue = WaiterQueue<Thing>()
        weak var weakThing: Thing?
        queue.append(Thing(), id: queue.makeID())
        do {
            let thing = Thing()
            weakThing = thing
            let id = queue.makeID()
            queue.append(thing, id: id)
            _ = queue.remove(id: id)
        }
        #expect(weakThing == nil && queue.count == 1)
    }
}
