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

        init(capacity: Int) {
            outcomes = Array(repeating: .none, count: capacity)
            partitions = Array(repeating: -1, count: capacity)
            offsets = Array(repeating: -1, count: capacity)
        }
    }

    private let entries: Mutex<Entries>
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        entries = Mutex(Entries(capacity: capacity))
    }

    func record(_ batch: SuccessBatch) {
        entries.withLock { entries in
            for message in batch {
                let number = message.withKeyBytes { MessageNumber.parse($0) }
                if Self.note(.delivered, number, &entries), let number {
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
        entries.withLock { entries in
            _ = Self.note(outcome, number, &entries)
            entries.causes[error.error.name, default: 0] += 1
        }
    }

    private static func note(_ outcome: Outcome, _ number: Int?, _ entries: inout Entries) -> Bool {
        guard let number, entries.outcomes.indices.contains(number), entries.outcomes[number] == .none else {
            entries.surplus += 1
            return false
        }
        entries.outcomes[number] = outcome
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
