// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// What a task of a plan does: one public call each.
indirect enum ModelAction: Sendable {
    case send(ModelMessage)
    case trySend(ModelMessage)
    case sendBorrowed(ModelMessage)
    case trySendBorrowed(ModelMessage)
    case sendArray([ModelMessage])
    case sendSequence([ModelMessage])
    /// As an asynchronous sequence.
    case sendStream([ModelMessage])
    case deliver(ModelMessage)
    /// Of many at a time.
    case deliverAll([ModelMessage])
    /// Whose outcome is awaited by so many tasks.
    case submit(ModelMessage, waiters: Int)
    /// A delivery scope in whose body these are sent, each in another way; the last ones through a scope within.
    case scope([ModelMessage], inner: [ModelMessage], deadline: Duration?)
    /// Looks a topic up; later messages of the task to it use the handle.
    case topic(String)
    /// The same, and settles what is different for it.
    case settle(String, ModelTopicSettings)
    case metadata(String?, Duration)
    case statistics
    /// All that tells of the producer without doing anything.
    case look
    case checkConnection(Duration)
    case preflight([String], Duration)
    /// What the mock cluster does not know, or what cannot be.
    case createTopic(String, partitions: Int?, replicas: Int?, Duration)
    case transaction(ModelTransaction)
    /// A transaction that must not be begun: of a producer that has none, one within another, or one after the end.
    case transactionInVain
    /// Of a consumer group; only in a transaction.
    case offsets(ModelOffsets)
    case flush(Duration)
    case abort
    case asyncClose
    case close(Duration?)
    /// Reads until so many came, and leaves half way; sends a message from the loop after every so many.
    case read(ModelReader, limit: Int, sending: [ModelMessage])
    /// An iterator that never asks.
    case idle(ModelReader, Duration)
    case pause(Duration)
    /// In a task of its own that is cancelled: before it starts, or so much later.
    case cancelled(ModelAction, after: Duration)
    case fault(ModelFault)
    /// The client that gets messages meets its end.
    case fatal

    var messages: [ModelMessage] {
        switch self {
        case .send(let message), .trySend(let message), .sendBorrowed(let message), .trySendBorrowed(let message),
            .deliver(let message), .submit(let message, _):
            [message]
        case .sendArray(let messages), .sendSequence(let messages), .sendStream(let messages),
            .deliverAll(let messages), .read(_, _, let messages):
            messages
        case .scope(let messages, let inner, _): messages + inner
        case .cancelled(let action, _): action.messages
        default: []
        }
    }

    /// The transaction that it runs, if it does.
    var transaction: ModelTransaction? {
        switch self {
        case .transaction(let transaction): transaction
        case .cancelled(let action, _): action.transaction
        default: nil
        }
    }
}

/// An iterator's kind.
enum ModelReader: Sendable, CaseIterable {
    case successes, batches, errors
}

/// What happens to the cluster.
enum ModelFault: Sendable {
    case fail(KafkaError.Code, MockCluster.Request, broker: Int32?)
    case delay(Duration, MockCluster.Request, broker: Int32)
    case down(Int32)
    case up(Int32)
    case slow(Duration)
    case move(topic: String, partition: Int32, to: Int32?)
    case hide(String)
    case show(String)
}

/// How a plan ends.
enum ModelEnding: Sendable, CaseIterable {
    /// `close` by one, or by several at once.
    case close
    /// `asyncClose`, and both streams read to their ends.
    case asyncClose
    /// The last reference goes; both streams read to their ends.
    case drop
    /// `withProducer`, left by returning, by an error, or cancelled.
    case scope
}

/// A whole life of a producer, made from a seed and nothing else.
struct ModelPlan: Sendable {
    let seed: UInt64
    let setting: ModelSetting
    let actors: [[ModelAction]]
    let faults: [ModelAction]
    /// When the ending begins, though actors may still be busy.
    let duration: Duration
    let cancelsActors: Bool
    /// Whether the cluster is sound again before the ending.
    let healsBeforeEnding: Bool
    let ending: ModelEnding
    /// Of the closes of the ending; nil is the configuration's.
    let deadlines: [Duration?]
    /// Whether those closes are cancelled, or the body of the scope throws.
    let isEndingDisturbed: Bool
    /// Whether what may have been stored by a client that met its end goes again.
    let mayDuplicate: Bool

    init(seed: UInt64, isTransactional: Bool) {
        var random = SplitMix64(seed: seed)
        self.seed = seed
        let setting = ModelSetting(isTransactional: isTransactional, using: &random)
        self.setting = setting
        let ending = random.pick(ModelEnding.allCases)
        self.ending = ending
        var maker = ModelActionMaker(setting: setting, closes: ending == .close && random.oneIn(3))
        let owners = isTransactional ? (0..<random.pick([1, 1, 1, 1, 2])).map { _ in maker.owner(using: &random) } : []
        let others = Int.random(in: (isTransactional ? 0 : 1)...(isTransactional ? 3 : 5), using: &random)
        actors = owners + (0..<others).map { _ in maker.actor(using: &random) }
        let hasFaults = !random.oneIn(3)
        var faults = hasFaults ? maker.faults(using: &random) : []
        duration = .milliseconds(random.pick(isTransactional ? [1, 30, 200, 600, 1_500] : [1, 10, 30, 60, 100]))
        cancelsActors = random.oneIn(3)
        let deadlines: [Duration?] = (0..<random.pick([1, 1, 2, 5])).map { _ in
            random.pick([nil, .zero, .milliseconds(-5), .milliseconds(1), .milliseconds(50), .seconds(20)])
        }
        isEndingDisturbed = random.oneIn(4)
        // With brokers away and nothing that ends the wait, a close would take its 20 s.
        let isShort = ending == .close && deadlines.contains { ($0 ?? .seconds(30)) < .seconds(1) }
        healsBeforeEnding = !((isShort || ending == .drop) && random.oneIn(2))
        self.deadlines = deadlines
        if random.oneIn(isTransactional ? 10 : 4) {
            for _ in 0..<random.pick([1, 2, 5]) {
                faults.insert(.fatal, at: Int.random(in: 0...faults.count, using: &random))
                faults.insert(.pause(.milliseconds(random.pick([0, 1, 5, 20]))), at: 0)
            }
        }
        mayDuplicate = random.oneIn(2)
        self.faults = faults
    }

    /// Whether brokers are made to answer so, whatever they are asked.
    func pushes(_ code: KafkaError.Code) -> Bool {
        disturbances.contains { if case .fail(code, _, _) = $0 { true } else { false } }
    }

    /// Whether a fault may end a transactional producer for good.
    var mayBeFatal: Bool {
        setting.isTransactional
            // What librdkafka sends again after a broken connection may be out of its sequence.
            && (hasFatalErrors || ModelActionMaker.fatalErrors.contains { pushes($0) } || disturbsLog)
    }

    /// Whether a broker may miss numbers in the transaction after one in which it has refused a message.
    var mayLeaveGaps: Bool { setting.isTransactional && !disturbances.isEmpty }

    var hasFatalErrors: Bool { faults.contains { if case .fatal = $0 { true } else { false } } }

    /// Those of the transactions stand behind them.
    var actions: [ModelAction] {
        let outer = actors.flatMap { $0 }
        return outer + outer.compactMap(\.transaction).flatMap(\.actions)
    }

    var transactions: [ModelTransaction] { actors.flatMap { $0 }.compactMap(\.transaction) }

    var disturbances: [ModelFault] {
        faults.compactMap { if case .fault(let fault) = $0 { fault } else { nil } }
    }

    /// Whether one task alone reads successes, loop after loop, and so must see each partition in order.
    var hasOneReader: Bool { ending != .asyncClose && ending != .drop && readers == 1 }

    /// How many tasks read successes, at the same time or not.
    var readers: Int {
        func readsSuccesses(_ action: ModelAction) -> Bool {
            switch action {
            case .read(let reader, _, _), .idle(let reader, _): reader != .errors
            case .cancelled(let action, _): readsSuccesses(action)
            default: false
            }
        }
        return actors.count { $0.contains(where: readsSuccesses) }
    }

    /// Whether messages may lie in another order: what may have been stored is outside of the order that is promised.
    var disturbsOrder: Bool { disturbsLog || hasFatalErrors }

    /// Of a transactional producer the mock does look at them.
    var mayWriteTwice: Bool { !setting.isTransactional && (disturbsLog || hasFatalErrors && mayDuplicate) }

    /// Whether a broker may say that it has stored a message before, and not where.
    var mayBeKnown: Bool { setting.isTransactional && disturbsLog }

    /// Whether a fault lets the mock, which does not look at the sequence numbers, write twice or in another order.
    private var disturbsLog: Bool {
        disturbances.contains { fault in
            switch fault {
            case .slow, .delay: false
            // A broken connection breaks what is under way on it, too.
            case .fail(let code, let request, _): request == .produce || code == .transport
            default: true
            }
        } || setting.timeout < .seconds(300)
    }

    var messages: [ModelMessage] { actions.flatMap(\.messages) }
}

extension ModelPlan: CustomStringConvertible {
    /// Stands before every case of an enumeration inside of another, and says nothing.
    private static let module = String(reflecting: ModelPlan.self).replacing("ModelPlan", with: "")

    var description: String {
        var lines = ["seed \(seed): \(setting)"]
        for (index, actor) in (actors + [faults]).enumerated() {
            lines.append(index < actors.count ? "task \(index):" : "faults:")
            lines += actor.map { "  \($0)".replacing(Self.module, with: "") }
        }
        lines.append(
            "after \(duration)\(cancelsActors ? ", tasks cancelled" : "")\(healsBeforeEnding ? ", healed" : ""): "
                + "\(ending) \(deadlines.map { $0.map { "\($0)" } ?? "default" })\(isEndingDisturbed ? ", disturbed" : "")"
                + (hasFatalErrors && mayDuplicate ? ", may duplicate" : "")
        )
        return lines.joined(separator: "\n")
    }
}
