// SPDX-License-Identifier: Apache-2.0

internal import RDKafka
internal import Synchronization

/// Asks brokers, on one thread that lives while there are questions. Equal questions that wait are asked once.
///
/// librdkafka asks one broker and waits for it. Who has more time than that broker deserves asks again, perhaps another one,
/// and in between others have their turn: first what the queues need.
final class MetadataService: Sendable {
    typealias Answer = Result<MetadataReply, Client.MetadataError>
    typealias Answering = @Sendable (Answer) -> Void
    /// Called with nil when nobody can be asked.
    typealias Errand = @Sendable (Client?) -> Void

    /// Somebody who wants an answer.
    private struct Caller: Sendable {
        /// On the monotonic clock.
        let deadline: Int64
        let isWanted: @Sendable () -> Bool
        let answering: Answering
    }

    /// How long one broker is waited for, in milliseconds.
    private static let longestWait: Int32 = 3_000

    /// What is asked.
    enum Question: Hashable, Sendable {
        /// With the properties in which librdkafka's topic differs from others.
        case topic(String, [String: String])
        case knownTopics
        case allTopics
    }

    private enum Item: Sendable {
        case question(Question)
        case errand(Errand)
    }

    private struct State {
        var client: Client?
        var items = FIFO<Item>()
        var waiting: [Question: [Caller]] = [:]
        var isRunning = false

        mutating func dropAll() -> Dropped {
            defer { (waiting, items) = ([:], FIFO()) }
            return Dropped(callers: waiting.values.flatMap { $0 }, items: items.elements)
        }
    }

    /// What was asked and will not be done.
    private struct Dropped: Sendable {
        let callers: [Caller]
        let items: [Item]

        func tell(_ error: Client.MetadataError) {
            for caller in callers { caller.answering(.failure(error)) }
            for case .errand(let errand) in items { errand(nil) }
        }
    }

    private let state: Mutex<State>

    init(client: Client) { state = Mutex(State(client: client)) }

    /// The client that is asked with; nil once there is no more to ask.
    var client: Client? { state.withLock { $0.client } }

    /// Whether its thread lives.
    var isRunning: Bool { state.withLock { $0.isRunning } }

    /// The client to ask with from now on.
    func use(_ client: Client) {
        // What it replaces is freed outside of the lock.
        let previous = state.withLock { state -> Client? in
            defer { state.client = client }
            return state.client
        }
        _ = previous
    }

    /// No more questions: those that wait get no answer.
    func stop() {
        let (client, dropped) = state.withLock { state -> (Client?, Dropped) in
            defer { state.client = nil }
            return (state.client, state.dropAll())
        }
        _ = client
        dropped.tell(.init(code: .destroyed))
    }

    /// Asks a question; an equal one that waits is the same. Does not wait.
    ///
    /// - Parameters:
    ///   - timeout: Milliseconds.
    ///   - isUrgent: The queues wait for it: it comes before what programs want to know.
    ///   - isWanted: Whether it is to be asked once more when a broker has not answered.
    func ask(
        _ question: Question,
        timeout: Int32,
        isUrgent: Bool = false,
        isWanted: @escaping @Sendable () -> Bool = { true },
        _ answering: @escaping Answering
    ) {
        let deadline = Uptime.now + Int64(timeout) * 1_000_000
        let caller = Caller(deadline: deadline, isWanted: isWanted, answering: answering)
        if put(question, [caller], isUrgent: isUrgent) { start() } else { answering(.failure(.init(code: .destroyed))) }
    }

    private func put(_ question: Question, _ callers: [Caller], isUrgent: Bool) -> Bool {
        state.withLock { state -> Bool in
            guard state.client != nil else { return false }
            // One that waits further behind then finds nobody who wants an answer.
            if isUrgent {
                state.items.prepend(.question(question))
            } else if state.waiting[question] == nil {
                state.items.append(.question(question))
            }
            state.waiting[question, default: []] += callers
            return true
        }
    }

    /// Does something that waits for brokers, and not for long, before the questions.
    func run(_ errand: @escaping Errand) {
        let isOpen = state.withLock { state -> Bool in
            guard state.client != nil else { return false }
            state.items.prepend(.errand(errand))
            return true
        }
        if isOpen { start() } else { errand(nil) }
    }

    private func start() {
        let isNeeded = state.withLock { state -> Bool in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isNeeded else { return }
        if Thread.spawn(named: "kafka-metadata", { [self] in while answerNext() {} }) { return }
        // No thread: nobody waits for one in vain.
        let dropped = state.withLock { state -> Dropped in
            state.isRunning = false
            return state.dropAll()
        }
        dropped.tell(.init(code: .noThread))
    }

    /// Returns whether there may be more.
    private func answerNext() -> Bool {
        let next = state.withLock { state -> (Client, Item, [Caller])? in
            guard let client = state.client, let item = state.items.popFirst() else {
                state.isRunning = false
                return nil
            }
            guard case .question(let question) = item else { return (client, item, []) }
            return (client, item, state.waiting.removeValue(forKey: question) ?? [])
        }
        guard let (client, item, callers) = next else { return false }
        switch item {
        case .errand(let errand): errand(client)
        case .question(let question): answer(question, callers, client)
        }
        return true
    }

    private func answer(_ question: Question, _ callers: [Caller], _ client: Client) {
        let wanted = callers.filter { $0.isWanted() }
        guard let deadline = wanted.map(\.deadline).max() else { return }
        let time = max(1, min(Int64(Self.longestWait), (deadline - Uptime.now) / 1_000_000))
        let end = Uptime.now + time * 1_000_000
        let answer = Result { () throws(Client.MetadataError) in
            try client.answer(question, timeout: Int32(clamping: time))
        }
        // Nobody has answered, or there was nobody to ask: it is time that ends that.
        let isSilence = if case .failure = answer { Uptime.now + 20_000_000 >= end } else { false }
        let patient = isSilence ? wanted.filter { $0.deadline > end + 20_000_000 } : []
        for caller in wanted where !isSilence || caller.deadline <= end + 20_000_000 { caller.answering(answer) }
        if !patient.isEmpty, !put(question, patient, isUrgent: false) {
            for caller in patient { caller.answering(.failure(.init(code: .destroyed))) }
        }
        if case .success(let reply) = answer { client.hastenProducerNumber(after: reply) }
    }
}

extension Client {
    fileprivate func answer(
        _ question: MetadataService.Question,
        timeout: Int32
    ) throws(MetadataError) -> MetadataReply {
        switch question {
        case .allTopics: return try metadata(.allTopics, timeout: timeout)
        case .knownTopics: return try metadata(.knownTopics, timeout: timeout)
        case .topic(let name, let properties):
            do {
                return try metadata(.topic(try topic(name, properties)), timeout: timeout)
            } catch let error as CreationError {
                throw MetadataError(code: error.code)
            } catch let error as MetadataError {
                throw error
            } catch {
                throw MetadataError(code: .destroyed)
            }
        }
    }
}
