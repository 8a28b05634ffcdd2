// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// A place in the log.
struct ModelPlace: Hashable {
    let topic: String
    let partition: Int32
    let offset: Int64
}

extension ModelVerdict {
    /// What is in the log was sent there; what is not persisted is not; what was delivered is where it was said to be.
    func judgeLog(_ log: [MockRecord]) {
        var places: [ModelPlace: Int] = [:]
        var counts: [Int: Int] = [:]
        for record in log {
            let number = ModelMessage.number(key: record.key, value: record.value, headers: record.headers)
            guard let number, let sent = account.message(number) else {
                account.finding("a record that nobody sent: \(record)")
                continue
            }
            places[ModelPlace(topic: record.topic, partition: record.partition, offset: record.offset)] = number
            counts[number, default: 0] += 1
            let message = sent.message
            let isWhole =
                record.topic == message.topic.name && record.key == message.key?.array
                && record.value == message.value?.array && record.headers == message.headers
                && (message.timestamp == nil || record.timestamp == message.timestamp)
                && (message.partition == nil || record.partition == message.partition)
            account.expect(isWhole, "written as \(record): \(sent)")
        }
        for (number, entry) in account.contents.entries {
            guard let sent = account.message(number) else { continue }
            let count = counts[number, default: 0]
            if entry.isAccepted != true { account.expect(count == 0, "refused, and in the log: \(sent)") }
            if !plan.mayWriteTwice { account.expect(count <= 1, "\(count) times in the log: \(sent)") }
            if account.contents.inLog.contains(number), plan.setting.acks != .none {
                account.expect(count > 0, "its scope ended well, and it is not in the log: \(sent)")
            }
            switch entry.outcomes.first {
            case .delivered(let partition, let offset)?:
                guard plan.setting.acks != .none else { continue }
                guard let offset else {
                    // In a transaction that was not committed the broker may have taken it for one that it has stored.
                    let isLost = entry.origin.transaction.map(isLost) ?? false
                    account.expect(count > 0 || isLost, "delivered, and not in the log: \(sent)")
                    continue
                }
                let place = ModelPlace(topic: sent.message.topic.name, partition: partition, offset: offset)
                account.expect(places[place] == number, "delivered to \(place), where it is not: \(sent)")
            case .failed(let code, .notPersisted)?:
                account.expect(count == 0, "\(code), not persisted, and in the log: \(sent)")
            case .failed(let code, .persisted)?:
                account.expect(count > 0, "\(code), persisted, and not in the log: \(sent)")
            default: break
            }
        }
    }

    /// What one task sent to a partition, one call after the other, lies there in that order.
    func judgeOrder(_ log: [MockRecord]) {
        struct Line: Hashable {
            let topic: String
            let partition: Int32
            let sender: Int
        }
        let entries = account.contents.entries
        var last: [Line: Int] = [:]
        for record in log {
            let number = ModelMessage.number(key: record.key, value: record.value, headers: record.headers)
            guard let number, let entry = entries[number], entry.isAccepted == true else { continue }
            let line = Line(topic: record.topic, partition: record.partition, sender: entry.origin.sender)
            account.expect(
                last[line, default: 0] < entry.position,
                "out of order in \(line) at \(record.offset): \(number), the \(entry.position)th"
            )
            last[line] = entry.position
        }
    }

    /// The same key, the same partition.
    func judgePartitions(_ log: [MockRecord]) {
        guard plan.setting.isKeyed else { return }
        var partitions: [String: [[UInt8]: Int32]] = [:]
        for record in log {
            guard let key = record.key, !key.isEmpty,
                let number = ModelMessage.number(key: key, value: record.value, headers: record.headers),
                account.message(number)?.message.partition == nil
            else { continue }
            let partition = partitions[record.topic, default: [:]][key] ?? record.partition
            partitions[record.topic, default: [:]][key] = partition
            account.expect(partition == record.partition, "key \(key) in \(partition) and \(record.partition)")
        }
    }
}
