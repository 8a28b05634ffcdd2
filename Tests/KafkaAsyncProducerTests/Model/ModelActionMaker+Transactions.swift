// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

extension ModelActionMaker {
    /// Runs transactions one after the other.
    mutating func owner(using random: inout SplitMix64) -> [ModelAction] {
        (0..<Int.random(in: 1...random.pick([2, 5, 10]), using: &random)).map { _ in
            if random.oneIn(6) { return .pause(delay(using: &random)) }
            let transaction = ModelAction.transaction(self.transaction(using: &random))
            return random.oneIn(5) ? .cancelled(transaction, after: longDelay(using: &random)) : transaction
        }
    }

    private func longDelay(using random: inout SplitMix64) -> Duration {
        .milliseconds(random.pick([0, 1, 5, 10, 20, 50, 100]))
    }

    private mutating func transaction(using random: inout SplitMix64) -> ModelTransaction {
        isSound = !random.oneIn(6)
        defer { isSound = false }
        let number = message(using: &random).number
        let length = random.pick([0, 2, 5, 15])
        let body = (0..<Int.random(in: 0...length, using: &random)).map { _ in
            inside(isBody: true, using: &random)
        }
        let tasks = (0..<random.pick([0, 0, 0, 1, 3])).map { _ in
            (0..<Int.random(in: 1...3, using: &random)).map { _ in inside(isBody: false, using: &random) }
        }
        return ModelTransaction(
            number: number,
            body: body,
            tasks: tasks,
            leavesTasks: random.oneIn(4),
            isThrowing: random.oneIn(5),
            deadline: random.pick([
                nil, nil, nil, .seconds(5), .milliseconds(50), .milliseconds(2), .zero, .seconds(-1),
            ])
        )
    }

    private mutating func inside(isBody: Bool, using random: inout SplitMix64) -> ModelAction {
        switch Int.random(in: 0..<40, using: &random) {
        case 0...27: return sending(mayScope: false, using: &random)
        case 28, 29: return .offsets(offsets(using: &random))
        case 30 where random.oneIn(3):
            return .cancelled(.offsets(offsets(using: &random)), after: delay(using: &random))
        case 31: return .cancelled(sending(mayScope: false, using: &random), after: delay(using: &random))
        case 32: return .flush(random.pick([.zero, .milliseconds(30), .seconds(5)]))
        case 33: return asking(using: &random)
        case 34 where isBody: return .transactionInVain
        case 35 where random.oneIn(6): return .abort
        case 36 where closes && random.oneIn(10):
            return random.pick([.asyncClose, .close(random.pick([nil, .zero, .milliseconds(20)]))])
        case 37: return .look
        default: return .pause(delay(using: &random))
        }
    }

    private func offsets(using random: inout SplitMix64) -> ModelOffsets {
        let topic = random.pick(setting.topics)
        let offsets = (0..<Int32(random.pick([0, 1, topic.partitions]))).map {
            ConsumedOffset(topic: topic.name, partition: $0, offset: Int64($0), metadata: random.pick([nil, "read"]))
        }
        let group = ConsumerGroupMetadata(
            groupID: "readers",
            generationID: random.pick([-1, 3]),
            memberID: random.pick(["", "a member"]),
            groupInstanceID: random.pick([nil, "static"])
        )
        guard random.oneIn(5) else { return ModelOffsets(offsets: offsets, group: group, refusal: nil) }
        let bad = [
            (ConsumedOffset(topic: topic.name, partition: -1, offset: 1), KafkaError.Code.invalidOffset),
            (ConsumedOffset(topic: topic.name, partition: 0, offset: -1), .invalidOffset),
            (ConsumedOffset(topic: "not a topic", partition: 0, offset: 1), .invalidTopic),
        ]
        if random.oneIn(3) {
            let nobody = ConsumerGroupMetadata(groupID: random.pick(["", "a\0"]))
            return ModelOffsets(offsets: offsets, group: nobody, refusal: .invalidGroup)
        }
        let (offset, code) = random.pick(bad)
        return ModelOffsets(offsets: offsets + [offset], group: group, refusal: code)
    }

    /// What a coordinator answers: what passes, what aborts the transaction and, rarely, what ends the producer.
    func coordinatorFault(_ broker: Int32?, using random: inout SplitMix64) -> ModelAction {
        let (request, errors) = random.pick(Self.coordinatorErrors)
        if let broker, random.oneIn(4) {
            return .fault(.delay(.milliseconds(random.pick([10, 100, 400])), request, broker: broker))
        }
        let code = random.oneIn(3) ? random.pick(errors) : random.pick(Self.passingErrors)
        return .fault(.fail(KafkaError.Code(rawValue: code), request, broker: broker))
    }

    private static let passingErrors = [14, 15, 16, 51, KafkaError.Code.transport.rawValue]

    /// What a coordinator says to a producer that can, or may, do nothing more.
    static let fatalErrors = [7, 47, 48, 49, 53, 59, 90].map { KafkaError.Code(rawValue: $0) }

    /// By request, what does not pass: as Kafka numbers it.
    private static let coordinatorErrors: [(MockCluster.Request, [Int32])] = [
        (.findCoordinator, [15, 53]),
        (.initProducerId, [51, 53]),
        (.addPartitionsToTransaction, [29, 47, 48, 49, 59]),
        (.addOffsetsToTransaction, [30, 47, 49]),
        (.commitOffsetsInTransaction, [22, 25, 30, 82]),
        (.endTransaction, [7, 47, 48, 49, 59, 90]),
        (.endTransaction, [7, 49]),
    ]
}

extension MockCluster.Request {
    /// Adds the partition in which a group keeps its offsets to a transaction.
    fileprivate static let addOffsetsToTransaction = Self(rawValue: 25)
    /// Gives offsets to a group's coordinator as part of a transaction.
    fileprivate static let commitOffsetsInTransaction = Self(rawValue: 28)
}
