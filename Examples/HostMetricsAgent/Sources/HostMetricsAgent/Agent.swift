// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import KafkaAsyncProducer

/// One loop that everything comes to as an event: samples, times, outcomes, signals. It alone touches the queue.
///
/// On the main actor, whose thread may wait for a file; Swift's other threads must not.
@MainActor
final class Agent {
    enum Event: Sendable {
        case sample
        case queue(PostQueue.Event)
        case reload
        case reloaded(Result<Replacement, any Error>)
        case terminate
        /// The time to drain is over.
        case expired
    }

    let host: String
    var options: Options
    var settings: Settings
    var producer: AsyncProducer
    var isReloading = false
    var refusedReloads = 0
    /// How long the brokers of new settings may take to answer.
    var patience = Duration.seconds(10)
    /// Producers that were replaced, until they have closed.
    var closing: [Task<Void, Never>] = []
    private var queue: PostQueue
    private var sampler = Sampler()
    private var timers: [Task<Void, Never>] = []
    private var posts: [Int: Task<Void, Never>] = [:]
    private var isEnding = false
    private var forcedExit: DispatchWorkItem?
    private var isFinished = false
    private let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init(_ settings: Settings, options: Options) async throws {
        self.settings = settings
        self.options = options
        host = options.host ?? ProcessInfo.processInfo.hostName
        producer = try await AsyncProducer(settings.producer)
        queue = PostQueue(limits: settings.limits)
        (events, continuation) = AsyncStream.makeStream()
    }

    var state: QueueState { queue.state }
    var remaining: Int { queue.remaining }

    /// From any thread.
    nonisolated func handle(_ event: Event) { continuation.yield(event) }

    /// Runs until everything is sent after ``Event/terminate``, or the time for it is over.
    func run() async -> ExitCode {
        startTimers()
        var isAborted = false
        loop: for await event in events {
            switch event {
            case .sample: perform(queue.handle(.sampled(sampler.sample())))
            case .queue(let event): perform(queue.handle(event))
            case .reload where isEnding, .reloaded where isEnding: break
            case .reload: reload()
            case .reloaded(let result): take(result)
            case .terminate where isEnding:
                isAborted = true
                break loop
            case .terminate: end()
            case .expired: break loop
            }
            beat()
            if isFinished { break }
        }
        for timer in timers { timer.cancel() }
        await closeAll(deadline: isAborted ? .zero : .seconds(1))
        await readLastOutcomes()
        forcedExit?.cancel()
        beat()
        let counts = queue.counts
        let lost = "dropped \(counts.overflowed + counts.givenUp), left \(queue.remaining)"
        log("delivered \(counts.delivered) samples, \(lost)")
        return ExitCode(counts: counts, remaining: queue.remaining, isAborted: isAborted)
    }

    /// The close may still have delivered what was under way: that is not lost.
    private func readLastOutcomes() async {
        for post in posts.values { await post.value }
        continuation.finish()
        for await case .queue(let outcome) in events { _ = queue.handle(outcome) }
    }

    private func perform(_ actions: [PostQueue.Action]) {
        for action in actions {
            switch action {
            case .post(let post): send(post)
            case .pause(let pause): later(pause, .queue(.resume))
            case .finish: isFinished = true
            }
        }
    }

    private func send(_ post: PostQueue.Post) {
        let (producer, message) = (producer, message(post))
        posts[post.number] = Task {
            do throws(ProducerError) {
                _ = try await producer.deliver(message)
                handle(.queue(.delivered(post.number)))
            } catch {
                log("post \(post.number) of \(post.samples.count) samples: \(error)")
                // Sent again even if it may be in the log: a sample is the same under its host and time.
                handle(.queue(.failed(post.number, .init(error.error))))
                // Such a producer sends nothing any more: another takes over, as for new settings.
                if producer.fatalError != nil, producer === self.producer, !isReloading { handle(.reload) }
            }
            posts[post.number] = nil
        }
    }

    private func message(_ post: PostQueue.Post) -> ProducerMessage {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Numbers and names: nothing in it cannot be encoded, but for a load that is no number.
        let data = (try? encoder.encode(Report(host: host, samples: post.samples))) ?? Data()
        return ProducerMessage(topic: Topic(settings.topic), key: host, value: [UInt8](data))
    }

    private func end() {
        isEnding = true
        later(options.drain, .expired)
        // A second for the producer to close, and one for the loop.
        forcedExit = forceExit(after: options.drain + .seconds(3))
        perform(queue.handle(.terminate))
    }

    // MARK: Time

    func startTimers() {
        for timer in timers { timer.cancel() }
        queue.setLimits(settings.limits)
        let (sampling, sending) = (settings.sampling, SendingTime(host: host, period: settings.sending))
        timers = [
            Task {
                while !Task.isCancelled {
                    handle(.sample)
                    try? await Task.sleep(for: sampling)
                }
            },
            Task {
                while !Task.isCancelled {
                    try? await Task.sleep(for: sending.wait(from: .seconds(Date().timeIntervalSince1970)))
                    if !Task.isCancelled { handle(.queue(.due)) }
                }
            },
        ]
    }

    private func later(_ time: Duration, _ event: Event) {
        Task {
            try? await Task.sleep(for: time)
            handle(event)
        }
    }

    private func beat() {
        guard let path = options.heartbeat else { return }
        Heartbeat(
            process: getpid(),
            time: Date().timeIntervalSince1970,
            patience: max(2, 3 * (settings.sampling / .seconds(1))),
            state: queue.state.name,
            delivered: queue.counts.delivered,
            remaining: queue.remaining,
            lost: queue.counts.overflowed + queue.counts.givenUp
        ).write(to: path)
    }
}

extension PostQueue.Failure {
    init(_ error: KafkaError) {
        self =
            switch error.code {
            case .messageTooLarge: .tooLarge
            // By the close of a producer, or its fatal error: nobody refused it.
            case .purgedFromQueue, .purgedInFlight, .closed: .unreachable
            default: error.isRetriable || error.isFatal ? .unreachable : .refused
            }
    }
}

/// On standard error, at once.
func log(_ text: String) { FileHandle.standardError.write(Data("HostMetricsAgent: \(text)\n".utf8)) }
