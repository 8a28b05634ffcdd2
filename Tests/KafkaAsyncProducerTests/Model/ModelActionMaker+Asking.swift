// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// What is different for a topic.
enum ModelTopicSettings: Sendable {
    /// Nothing.
    case none
    case compression(AsyncProducer.Configuration.Batching.Compression)
    /// What cannot be, whatever the topic.
    case negativeTimeout
    /// What idempotence does not allow.
    case leaderAcks

    var settings: AsyncProducer.TopicSettings {
        switch self {
        case .none: .init()
        case .compression(let codec): .init(compression: codec)
        case .negativeTimeout: .init(timeout: .seconds(-1))
        case .leaderAcks: .init(acks: .leader)
        }
    }
}

extension ModelActionMaker {
    /// Calls that ask and send nothing.
    func asking(using random: inout SplitMix64) -> ModelAction {
        let names = setting.topics.map(\.name) + [ModelSetting.missingTopic]
        let name = random.oneIn(10) ? random.pick(ModelMessage.badTopics) : random.pick(names)
        let time: Duration = random.pick([.seconds(-1), .zero, .milliseconds(5), .milliseconds(50), .seconds(2)])
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return .metadata(random.oneIn(2) ? nil : name, time)
        case 1: return .checkConnection(time)
        case 2, 3:
            return .preflight(random.pick([[], [names[0]], [names[1], names[0]], names, [names[0], name]]), time)
        case 4:
            let count = random.pick([nil, nil, 1, 3, 0, -1, Int.max])
            return .createTopic(name, partitions: count, replicas: random.pick([nil, 1, 0]), time)
        case 5:
            let codec = random.pick(AsyncProducer.Configuration.Batching.Compression.allCases)
            return .settle(name, random.pick([.none, .compression(codec), .negativeTimeout, .leaderAcks]))
        case 6: return setting.isTransactional ? .look : .transactionInVain
        default: return .look
        }
    }
}
