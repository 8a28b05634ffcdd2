// SPDX-License-Identifier: Apache-2.0

internal import RDKafka
internal import Synchronization

/// Makes the client that takes over from another, on a thread of its own: the old one serves until the new one can.
struct Succession {
    private enum State {
        case none
        case making
        case ready(Client)
        /// Not before this time: a try failed, or one client after the other met a fatal error.
        case waiting(until: Int64)
    }

    private let core: ProducerCore
    private let made = Made()
    private var state = State.none
    private var failures = 0
    private var lastWanted: Int64 = 0
    /// How long a client is kept that is not wanted after all.
    private static let patience: Int64 = 5_000_000_000

    /// Where the thread leaves what it has made.
    private final class Made: Sendable {
        let result = Mutex<Result<Client, KafkaError>?>(nil)
    }

    init(_ core: ProducerCore) { self.core = core }

    /// The new client, if it is there; else one is on its way.
    mutating func take(at now: Int64) -> Client? {
        prepare(at: now)
        guard case .ready(let client) = state else { return nil }
        state = .none
        return client
    }

    /// Lets go of a client that nobody has wanted for some time; returns when to look again.
    mutating func dropUnused(at now: Int64) -> Int64 {
        if case .making = state { collect(at: now) }
        switch state {
        case .none, .waiting: return .max
        case .making, .ready:
            guard now >= lastWanted + Self.patience else { return lastWanted + Self.patience }
            if case .making = state { return now + Self.patience }
            state = .none
            return .max
        }
    }

    /// When to look again, while a client is wanted.
    var wakesAt: Int64 { if case .waiting(let until) = state { until } else { .max } }

    /// Starts to make a client, unless that has been done.
    mutating func prepare(at now: Int64) {
        lastWanted = now
        switch state {
        case .ready: return
        case .waiting(let until) where now < until: return
        case .none, .waiting: start(at: now)
        case .making: collect(at: now)
        }
    }

    /// Makes none before this time, unless one is there or on its way.
    mutating func wait(until time: Int64) {
        if case .none = state { state = .waiting(until: time) }
    }

    private mutating func start(at now: Int64) {
        let (core, made) = (core, made)
        let make: @Sendable () -> Void = {
            let result: Result<Client, KafkaError>
            do throws(KafkaError) {
                let client = try ProducerCore.makeClient(
                    core.configuration,
                    core.settings,
                    core.waker,
                    core.log.redactor
                )
                core.giveLastToken(to: client)
                // Connects, so that its first batch need not wait for that. Without a topic of its own it would ask for all of
                // the cluster.
                let topics = core.withState { $0.topics.entries.map { ($0.name, $0.rules.properties) } }
                for (name, properties) in topics { _ = try? client.topic(name, properties) }
                if !topics.isEmpty { _ = try? client.metadata(.knownTopics, timeout: 1_000) }
                result = .success(client)
            } catch {
                result = .failure(error)
            }
            made.result.withLock { $0 = result }
            core.waker.wake()
        }
        if Thread.spawn(named: "kafka-successor", make) { state = .making } else { fail(.noThread, at: now) }
    }

    private mutating func collect(at now: Int64) {
        switch made.result.withLock({ $0.take() }) {
        case nil: break
        case .success(let client):
            failures = 0
            state = .ready(client)
        case .failure(let error): fail(error, at: now)
        }
    }

    private mutating func fail(_ error: KafkaError, at now: Int64) {
        if failures == 0 {
            core.log.log(.error, "SUCCESSOR", "no new client: \(error.message); it is tried again", error: error)
        }
        state = .waiting(until: now + min(30, 1 << min(failures, 5)) * 1_000_000_000)
        failures += 1
    }
}

extension KafkaError {
    fileprivate static var noThread: KafkaError {
        KafkaError(.systemResources, "the system has no thread to make it on")
    }
}
