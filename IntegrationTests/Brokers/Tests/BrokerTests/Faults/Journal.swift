// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// What the producer said about each message of a load, by the message's number.
///
/// All memory is taken at the start, so that what grows during a test is the producer's.
final class Journal: Sendable {
    enum Outcome: UInt8 {
        case none, delivered, notPersisted, possiblyPersisted, persisted
    }

    struct Entries {
        var outcomes: [Outcome]
        var partitions: [Int32]
        /// -1 where the broker did not tell.
        var offsets: [Int64]
        /// Outcomes of messages that had one already, or that nobody sent.
        var surplus = 0
        /// By the name of the error.
        var causes: [String: Int] = [:]
        /// When each was handed to the producer, in microseconds of the journal's life; 0 where nobody said.
        var starts: [Int64]
        /// When each had its outcome, in the same time.
        var ends: [Int64]
        /// The longest time from the one to the other.
        var slowest = Duration.zero

        init(capacity: Int) {
            outcomes = Array(repeating: .none, count: capacity)
            partitions = Array(repeating: -1, count: capacity)
            offsets = Array(repeating: -1, count: capacity)
            starts = Array(repeating: 0, count: capacity)
            ends = Array(repeating: 0, count: capacity)
        }
    }

    private let entries: Mutex<Entries>
    let capacity: Int
    private let birth = ContinuousClock.now

    init(capacity: Int) {
        self.capacity = capacity
        entries = Mutex(Entries(capacity: capacity))
    }

    /// Microseconds of its life.
    var age: Int64 { Int64((ContinuousClock.now - birth) / .microseconds(1)) }

    /// Notes that a message is about to be sent: its time runs from here.
    func begin(_ number: Int) {
        let now = age
        entries.withLock { entries in
            if entries.starts.indices.contains(number) { entries.starts[number] = now }
        }
    }

    func record(_ batch: SuccessBatch) {
        let now = age
        entries.withLock { entries in
            for message in batch {
                let number = message.withKeyBytes { MessageNumber.parse($0) }
                if Self.note(.delivered, number, at: now, &entries), let number {
                    entries.partitions[number] = message.partition
                    entries.offsets[number] = message.offset ?? -1
                }
            }
        }
    }

    func record(_ error: ProducerError) {
        let outcome: Outcome =
            switch error.persistence {
            case .notPersisted: .notPersisted
            case .possiblyPersisted: .possiblyPersisted
            case .persisted: .persisted
            }
        let number = error.message.key?.withSpan { MessageNumber.parse($0) }
        let now = age
        entries.withLock { entries in
            _ = Self.note(outcome, number, at: now, &entries)
            entries.causes[error.error.name, default: 0] += 1
        }
    }

    private static func note(_ outcome: Outcome, _ number: Int?, at now: Int64, _ entries: inout Entries) -> Bool {
        guard let number, entries.outcomes.indices.contains(number), entries.outcomes[number] == .none else {
            entries.surplus += 1
            return false
        }
        entries.outcomes[number] = outcome
        entries.ends[number] = now
        if entries.starts[number] > 0 {
            entries.slowest = max(entries.slowest, .microseconds(now - entries.starts[number]))
        }
        return true
    }

    var content: Entries { entries.withLock { $0 } }
}

/// Messages are told apart by a number, which is their key.
enum MessageNumber {
    static func parse(_ bytes: Span<UInt8>?) -> Int? {
        guard let bytes, (1...12).contains(bytes.count) else { return nil }
        var number = 0
        for index in bytes.indices {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }
}
