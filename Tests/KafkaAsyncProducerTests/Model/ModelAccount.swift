// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// What the calls of a plan answered: all that is judged.
final class ModelAccount: Sendable {
    /// What a message came to.
    enum Outcome: Sendable {
        case delivered(partition: Int32, offset: Int64?)
        case failed(KafkaError.Code, ProducerError.Persistence)
    }

    struct Entry: Sendable {
        /// Whose, and the how manieth of it: the order that must hold.
        var origin = ModelOrigin(sender: 0)
        var position = 0
        /// nil while the call has not returned.
        var isAccepted: Bool?
        /// Accepted by a `deliver` that was cancelled: it is only counted.
        var isSilent = false
        /// Sent through a delivery scope: a failure is told at its end, or in the errors when it was given up.
        var isScoped = false
        var outcomes: [Outcome] = []
        /// What was said of a failure.
        var reason = ""
    }

    private struct WeakProducer: Sendable {
        weak var producer: AsyncProducer?
    }

    struct Closing: Sendable {
        let result: Result<CloseReport, CloseError>
        let deadline: Duration
        let elapsed: Duration
        let isCancelled: Bool
    }

    struct Book: Sendable {
        var entries: [Int: Entry] = [:]
        /// By the number of the transaction.
        var transactions: [Int: ModelTransactionEnd] = [:]
        /// Transactions of which a call has said that they can only be aborted.
        var doomed: Set<Int> = []
        var closings: [Closing] = []
        var findings: [String] = []
        /// Elements that were kept, to be looked at again when the producer is gone.
        var kept: [DeliveredMessage] = []
        /// Delivered, though nobody was told where.
        var inLog: Set<Int> = []
        fileprivate var accepted = 0
        fileprivate var lastOffsets: [String: [Int32: Int64]] = [:]
    }

    let book = Mutex(Book())
    private let messages: [Int: ModelMessage]
    private let readsInOrder: Bool
    private let readers: Int
    let plan: ModelPlan
    var setting: ModelSetting { plan.setting }
    private let producer = Mutex(WeakProducer())
    /// Whether closing may have begun: set before it is asked for.
    private let isClosing = Atomic(false)
    private let start = ContinuousClock.now

    init(_ plan: ModelPlan) {
        self.plan = plan
        readsInOrder = plan.hasOneReader && !plan.disturbsOrder
        readers = plan.readers
        messages = Dictionary(uniqueKeysWithValues: plan.messages.map { ($0.number, $0) })
    }

    var contents: Book { book.withLock { $0 } }

    func message(_ number: Int) -> ModelMessage? { messages[number] }

    func finding(_ text: @autoclosure () -> String) {
        let text = "\(ContinuousClock.now - start): \(text())"
        book.withLock { $0.findings.append(text) }
    }

    func expect(_ condition: Bool, _ text: @autoclosure () -> String) {
        if !condition { finding(text()) }
    }

    /// Whose state is told when it does not end.
    func watch(_ producer: AsyncProducer) { self.producer.withLock { $0.producer = producer } }

    var state: String {
        producer.withLock { $0.producer }.map { "\($0.statistics) \(String(reflecting: $0))" } ?? "the producer is gone"
    }

    func beginClosing() { isClosing.store(true, ordering: .releasing) }

    var mayBeClosed: Bool { isClosing.load(ordering: .acquiring) }

    // MARK: Acceptance

    func accept(_ message: ModelMessage, _ origin: ModelOrigin, isSilent: Bool = false, isScoped: Bool = false) {
        expect(message.refusals(setting.buffering).isEmpty, "accepted, though it must be refused: \(message)")
        expect(
            setting.isTransactional == (origin.transaction != nil),
            "accepted \(origin.transaction == nil ? "outside of" : "in") a transaction: \(message)"
        )
        book.withLock { book in
            book.accepted += 1
            var entry = book.entries[message.number] ?? Entry()
            entry.origin = origin
            entry.position = book.accepted
            entry.isAccepted = true
            (entry.isSilent, entry.isScoped) = (isSilent, isScoped)
            book.entries[message.number] = entry
        }
    }

    /// Whoever waited for its outcome was cancelled.
    func silence(_ message: ModelMessage) {
        book.withLock { $0.entries[message.number, default: Entry()].isSilent = true }
    }

    func isAccepted(_ message: ModelMessage) -> Bool {
        book.withLock { $0.entries[message.number]?.isAccepted == true }
    }

    /// A delivery scope ended well with these.
    func deliveredInScope(_ messages: [ModelMessage]) {
        book.withLock { $0.inLog.formUnion(messages.map(\.number)) }
    }

    /// A refusal, thrown or returned.
    func refuse(_ message: ModelMessage, _ error: KafkaError, _ origin: ModelOrigin, isCancelled: Bool) {
        book.withLock { $0.entries[message.number, default: Entry()].isAccepted = false }
        if message.refusals(setting.buffering).contains(error.code) || isRefused(for: error, origin) { return }
        let isExpected: Bool
        switch error.code {
        case .closed: isExpected = mayBeClosed
        case .cancelled: isExpected = isCancelled
        // A loop sends one message a step: alone it never comes to the end of what loops may go over the budget by.
        case .noRoom:
            isExpected =
                setting.buffering.admissionDeadline != nil || readers > setting.buffering.maximumMessages
        case .tooManyTopics: isExpected = setting.buffering.maximumTopics < 10
        // The overhead that is added is the library's business.
        case .messageTooLarge: isExpected = message.payload + 2_000 > setting.buffering.maximumBytes
        default: isExpected = false
        }
        expect(isExpected, "refused for no reason with \(error): \(message)")
    }

    func refuse(_ message: ModelMessage, _ refusal: AsyncProducer.Refusal) {
        book.withLock { $0.entries[message.number, default: Entry()].isAccepted = false }
        if refusal == .closing { return expect(mayBeClosed, "\(refusal), and nobody closes: \(message)") }
        expect(message.refusals(setting.buffering).isEmpty, "\(refusal) instead of an error: \(message)")
    }

    // MARK: Outcomes

    /// An element of the successes.
    func read(_ element: DeliveredMessage) {
        check(element)
        let number = ModelMessage.number(key: element.key, value: element.value, headers: element.headers)
        guard let number else { return }
        note(number, .delivered(partition: element.partition, offset: element.offset))
        if readsInOrder, let offset = element.offset {
            let last = book.withLock { book in
                defer { book.lastOffsets[element.topic, default: [:]][element.partition] = offset }
                return book.lastOffsets[element.topic]?[element.partition]
            }
            expect(
                last.map { $0 < offset } ?? true,
                "read after \(last ?? -1): \(offset) of \(messages[number].map { "\($0)" } ?? "")"
            )
        }
        book.withLock { book in
            if book.kept.count < 50 { book.kept.append(number.isMultiple(of: 2) ? element : element.copied()) }
        }
    }

    /// Whether an element is what was sent.
    func check(_ element: DeliveredMessage) {
        guard let number = ModelMessage.number(key: element.key, value: element.value, headers: element.headers),
            let sent = messages[number]
        else { return finding("a success that nobody sent: \(element)") }
        let message = sent.message
        expect(element.topic == message.topic.name, "delivered to \(element.topic): \(sent)")
        expect(element.key == message.key?.array, "another key in the success: \(sent)")
        expect(element.value == message.value?.array, "another value in the success: \(sent)")
        let lent = (element.withKeyBytes { $0?.count }, element.withValueBytes { $0?.count })
        expect(lent == (message.key?.count, message.value?.count), "lends \(lent): \(sent)")
        expect(element.headers == message.headers, "other headers in the success: \(sent)")
        expect(
            Self.text(element.metadata) == Self.text(message.metadata ?? sent.tag),
            "other metadata in the success: \(Self.text(element.metadata)), sent \(sent)"
        )
        // The mock cluster answers with a time of its own, as a topic with `LogAppendTime` does: the log is what counts.
        expect(element.timestamp != nil || setting.acks == .none, "no time in the success: \(sent)")
        checkPlace(element.partition, element.offset, element.latency, element.brokerID, sent)
    }

    private func checkPlace(
        _ partition: Int32,
        _ offset: Int64?,
        _ latency: Duration?,
        _ broker: Int32?,
        _ sent: ModelMessage
    ) {
        let count = setting.partitions(of: sent.message.topic.name) ?? 0
        expect((0..<Int32(count)).contains(partition), "delivered to partition \(partition): \(sent)")
        if let asked = sent.message.partition {
            expect(partition == asked, "delivered to partition \(partition): \(sent)")
        }
        expect(offset.map { $0 >= 0 } ?? (setting.acks == .none || plan.mayBeKnown), "no offset: \(sent)")
        let isSound = (latency ?? .zero) >= .zero && (1...Int32(setting.brokers)).contains(broker ?? 1)
        expect(isSound, "after \(latency ?? .zero) by broker \(broker ?? -1): \(sent)")
    }

    func delivered(_ sent: ModelMessage, _ delivery: Delivery) {
        checkPlace(delivery.partition, delivery.offset, delivery.latency, delivery.brokerID, sent)
        note(sent.number, .delivered(partition: delivery.partition, offset: delivery.offset))
    }

    /// An element of the errors, or one that `close` or `deliver` threw.
    func read(_ error: ProducerError) {
        let message = error.message
        let number = ModelMessage.number(
            key: message.key?.array,
            value: message.value?.array,
            headers: message.headers
        )
        guard let number, let sent = messages[number] else { return finding("an error that nobody sent: \(error)") }
        checkWhole(error, sent)
        if let asked = sent.message.partition {
            expect(error.partition == nil || error.partition == asked, "failed in another partition: \(error), \(sent)")
        }
        note(number, .failed(error.error.code, error.persistence))
        book.withLock { $0.entries[number]?.reason = error.error.message }
    }

    func checkWhole(_ error: ProducerError, _ sent: ModelMessage) {
        let message = error.message
        let isWhole =
            message.topic == sent.message.topic && message.partition == sent.message.partition
            && message.key == sent.message.key && message.value == sent.message.value
            && message.headers == sent.message.headers && message.timestamp == sent.message.timestamp
            && Self.text(message.metadata) == Self.text(sent.message.metadata ?? sent.tag)
        expect(isWhole, "came back changed: \(message), sent \(sent)")
    }

    private func note(_ number: Int, _ outcome: Outcome) {
        book.withLock { $0.entries[number, default: Entry()].outcomes.append(outcome) }
    }

    /// All closes have the same failures: they are told once.
    func note(_ closing: Closing) {
        let isFirst = book.withLock { book in
            book.closings.append(closing)
            return book.closings.count == 1
        }
        guard isFirst, case .failure(let error) = closing.result else { return }
        switch error {
        case .undelivered(let errors), .deadlineExceeded(_, let errors): for error in errors.errors { read(error) }
        case .forked: break
        }
    }

    /// The type belongs to it: 5 is not 5.0.
    private static func text(_ metadata: (any Sendable)?) -> String {
        metadata.map { "\(type(of: $0)) \($0)" } ?? "nil"
    }
}
