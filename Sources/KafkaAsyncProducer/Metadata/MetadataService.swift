// SPDX-License-Identifier: Apache-2.0

internal import RDKafka
internal import Synchronization

/// Asks brokers, on one thread that lives while there are questions. Equal questions that wait are asked once.
final class MetadataService: Sendable {
    typealias Answer = Result<MetadataReply, Client.MetadataError>
    typealias Answering = @Sendable (Answer) -> Void

    /// What is asked.
    enum Question: Hashable, Sendable {
        /// With the properties in which librdkafka's topic differs from others.
        case topic(String, [String: String])
        case knownTopics
        case allTopics
    }

    private enum Item {
        case question(Question)
        case errand(@Sendable (Client) -> Void)
    }

    private struct State {
        var client: Client?
        var items = FIFO<Item>()
        var waiting: [Question: (timeout: Int32, callers: [Answering])] = [:]
        var isRunning = false
    }

    private let state: Mutex<State>

    init(client: Client) { state = Mutex(State(client: client)) }

    /// The client that is asked with; nil once there is no more to ask.
    var client: Client? { state.withLock { $0.client } }

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
        let (client, callers) = state.withLock { state -> (Client?, [Answering]) in
            defer { (state.client, state.waiting, state.items) = (nil, [:], FIFO()) }
            return (state.client, state.waiting.values.flatMap(\.callers))
        }
        _ = client
        for caller in callers { caller(.failure(.init(code: .destroyed))) }
    }

    /// Asks a question; an equal one that waits is the same. Does not wait.
    ///
    /// - Parameter timeout: Milliseconds.
    func ask(_ question: Question, timeout: Int32, _ answering: @escaping Answering) {
        let isOpen = state.withLock { state -> Bool in
            guard state.client != nil else { return false }
            if state.waiting[question] == nil { state.items.append(.question(question)) }
            var entry = state.waiting[question] ?? (timeout, [])
            entry.timeout = max(entry.timeout, timeout)
            entry.callers.append(answering)
            state.waiting[question] = entry
            return true
        }
        if isOpen { start() } else { answering(.failure(.init(code: .destroyed))) }
    }

    /// Does something that waits for brokers, in turn with the questions.
    func run(_ errand: @escaping @Sendable (Client) -> Void) {
        let isOpen = state.withLock { state -> Bool in
            guard state.client != nil else { return false }
            state.items.append(.errand(errand))
            return true
        }
        if isOpen { start() }
    }

    private func start() {
        let isNeeded = state.withLock { state -> Bool in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isNeeded else { return }
        if Thread.spawn(named: "kafka-metadata", { [self] in while answerNext() {} }) { return }
        // No thread: nobody waits for one in vain.
        state.withLock { $0.isRunning = false }
        stopWaiting()
    }

    private func stopWaiting() {
        let callers = state.withLock { state -> [Answering] in
            // Errands stay for the next thread.
            let items = state.items.removeAll()
            for case .errand(let errand) in items { state.items.append(.errand(errand)) }
            defer { state.waiting = [:] }
            return state.waiting.values.flatMap(\.callers)
        }
        for caller in callers { caller(.failure(.init(code: .noThread))) }
    }

    /// Returns whether there may be more.
    private func answerNext() -> Bool {
        let next = state.withLock { state -> (Client, Item, Int32, [Answering])? in
            guard let client = state.client, let item = state.items.popFirst() else {
                state.isRunning = false
                return nil
            }
            guard case .question(let question) = item, let entry = state.waiting.removeValue(forKey: question) else {
                return (client, item, 0, [])
            }
            return (client, item, entry.timeout, entry.callers)
        }
        guard let (client, item, timeout, callers) = next else { return false }
        switch item {
        case .errand(let errand): errand(client)
        case .question(let question):
            let answer = Result { () throws(Client.MetadataError) in try client.answer(question, timeout: timeout) }
            for caller in callers { caller(answer) }
        }
        return true
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
