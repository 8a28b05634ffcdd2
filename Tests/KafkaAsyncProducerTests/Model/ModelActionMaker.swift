// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// Makes the actions of a plan; messages are numbered over all of its tasks.
struct ModelActionMaker {
    let setting: ModelSetting
    /// Whether tasks close the producer, too.
    let closes: Bool
    private var lastNumber = 0
    /// Whether what is made now can be delivered: a message that cannot aborts its transaction.
    var isSound = false

    init(setting: ModelSetting, closes: Bool) {
        self.setting = setting
        self.closes = closes
    }

    mutating func actor(using random: inout SplitMix64) -> [ModelAction] {
        // Some tasks only send, some only read: what users do. The others do whatever there is.
        let kind = Int.random(in: 0..<4, using: &random)
        let count = Int.random(in: 1...random.pick([3, 10, 30]), using: &random)
        return (0..<count).map { _ in
            switch kind {
            case 0: sending(using: &random)
            case 1: reading(using: &random)
            default: any(using: &random)
            }
        }
    }

    mutating func message(using random: inout SplitMix64) -> ModelMessage {
        lastNumber += 1
        return ModelMessage.random(lastNumber, setting, isSound: isSound, using: &random)
    }

    mutating func messages(upTo limit: Int, using random: inout SplitMix64) -> [ModelMessage] {
        (0..<Int.random(in: 0...limit, using: &random)).map { _ in message(using: &random) }
    }

    mutating func sending(mayScope: Bool = true, using random: inout SplitMix64) -> ModelAction {
        let message = message(using: &random)
        switch Int.random(in: 0..<(mayScope ? 16 : 15), using: &random) {
        case 12: return .sendStream([message] + messages(upTo: random.pick([3, 250]), using: &random))
        case 13: return .deliverAll([message] + messages(upTo: random.pick([3, 30]), using: &random))
        case 14: return .submit(message, waiters: random.pick([0, 1, 1, 2]))
        case 15:
            return .scope(
                [message] + messages(upTo: random.pick([3, 30]), using: &random),
                inner: random.oneIn(3) ? messages(upTo: 5, using: &random) : [],
                deadline: random.pick([nil, nil, nil, .zero, .milliseconds(5), .seconds(-1), .seconds(5)])
            )
        case 0...2: return .send(message)
        case 3: return .trySend(message)
        case 4...6:
            guard message.isBorrowable else { return .send(message) }
            let tag = random.pick([nil, UInt64(message.number), 1 << 48 - 1 - UInt64(message.number)])
            let tagged = message.tagged(random.oneIn(100) ? 1 << 48 : tag)
            return random.oneIn(3) ? .trySendBorrowed(tagged) : .sendBorrowed(tagged)
        case 7, 8: return .sendArray([message] + messages(upTo: random.pick([3, 250]), using: &random))
        case 9: return .sendSequence([message] + messages(upTo: random.pick([3, 250]), using: &random))
        default: return .deliver(message)
        }
    }

    private mutating func reading(using random: inout SplitMix64) -> ModelAction {
        let reader = random.pick(ModelReader.allCases)
        let limit = random.pick([1, 5, 50, .max])
        let sending = random.oneIn(3) ? messages(upTo: 20, using: &random) : []
        return .read(reader, limit: limit, sending: sending)
    }

    private mutating func any(using random: inout SplitMix64) -> ModelAction {
        switch Int.random(in: 0..<26, using: &random) {
        case 24, 25: return asking(using: &random)
        case 0...9: return sending(using: &random)
        case 10: return reading(using: &random)
        case 11, 12: return .cancelled(reading(using: &random), after: delay(using: &random))
        case 13, 14: return .cancelled(sending(using: &random), after: delay(using: &random))
        case 15:
            return .flush(random.pick([.milliseconds(-1), .zero, .milliseconds(5), .milliseconds(30), .seconds(5)]))
        case 16: return .cancelled(.flush(.seconds(5)), after: delay(using: &random))
        case 17: return random.oneIn(2) ? .abort : .pause(delay(using: &random))
        case 18: return random.pick([.statistics, .look, .look])
        case 19: return .topic(random.pick(setting.topics.map(\.name) + ModelMessage.badTopics))
        case 20: return random.oneIn(3) ? .cancelled(asking(using: &random), after: delay(using: &random)) : .look
        case 21: return .idle(random.pick(ModelReader.allCases), delay(using: &random))
        case 22:
            guard closes, random.oneIn(3) else { return .pause(delay(using: &random)) }
            let close = ModelAction.close(random.pick([nil, .zero, .milliseconds(20), .milliseconds(-100)]))
            return random.pick([.asyncClose, close, .cancelled(close, after: delay(using: &random))])
        default: return .pause(delay(using: &random))
        }
    }

    func delay(using random: inout SplitMix64) -> Duration {
        .microseconds(random.pick([0, 0, 100, 1_000, 5_000, 20_000]))
    }

    /// Each fault ends by itself or is taken back before the plan is judged.
    func faults(using random: inout SplitMix64) -> [ModelAction] {
        // Brokers that are given faults of their own never look at the cluster's again: one kind in a plan.
        let isByBroker = random.oneIn(2)
        return (0..<Int.random(in: 1...10, using: &random)).flatMap { _ -> [ModelAction] in
            let broker = Int32.random(in: 1...Int32(setting.brokers), using: &random)
            let topic = random.pick(setting.topics)
            let rest = ModelAction.pause(delay(using: &random))
            if setting.isTransactional, random.oneIn(2) {
                return [coordinatorFault(isByBroker ? broker : nil, using: &random), rest]
            }
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                let code = random.pick(Self.errors)
                return [.fault(.fail(code, .produce, broker: isByBroker ? broker : nil)), rest]
            case 2:
                guard isByBroker else { return [rest] }
                return [.fault(.delay(.milliseconds(random.pick([1, 10, 40])), .produce, broker: broker)), rest]
            case 3, 4: return [.fault(.down(broker)), rest, .fault(.up(broker))]
            case 5: return [.fault(.slow(.milliseconds(random.pick([1, 10, 40])))), rest, .fault(.slow(.zero))]
            case 6:
                let partition = Int32.random(in: 0..<Int32(topic.partitions), using: &random)
                let leader = random.oneIn(4) ? nil : broker
                return [.fault(.move(topic: topic.name, partition: partition, to: leader)), rest]
            default:
                guard random.oneIn(4) else { return [rest] }
                return [.fault(.hide(topic.name)), rest, .fault(.show(topic.name))]
            }
        }
    }

    /// What brokers say of a produce request without storing it, and a broken connection.
    private static let errors: [KafkaError.Code] = [
        .notLeaderOrFollower, .leaderNotAvailable, .notEnoughReplicas, .unknownTopicOrPartition, .kafkaStorageError,
        .policyViolation, .invalidRecord, .topicAuthorizationFailed, .messageTooLarge, .transport, .timedOutAtBroker,
    ]
}

extension KafkaError.Code {
    /// The broker's own REQUEST_TIMED_OUT.
    fileprivate static let timedOutAtBroker = KafkaError.Code(rawValue: 7)
}
