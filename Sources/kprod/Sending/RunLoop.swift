// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What can happen during a run.
enum RunEvent: Sendable {
    case plan(RunPlan.Event)
    /// What is written can be written, or not: before anything else.
    case outputsOpened
    /// A record is ready to be sent, for the first time or again.
    case recordReady
    /// Long enough after that for a delivery.
    case waitedForBroker
    /// Somebody wants to know how far it has come (SIGUSR1).
    case snapshotRequested
    /// Every outcome was read and handed on to be written.
    case settled
    /// Everything is written, or was given up.
    case outputsClosed
}

/// What a run consists of: tasks that never block, which the loop starts and stops.
protocol RunParts: Sendable {
    /// Hands over all records and returns when there are no more, or soon after the switch was turned on.
    func feed(until stop: StopSwitch) async
    /// Lets go of whoever waits in ``feed(until:)`` for the answer to a record, or for a transaction to begin.
    func stopWaiting()
    var inFlightCount: Int { get }
    /// Delivers what is on its way; returns when every outcome was read. Cancelled, it drops what is not delivered yet.
    func close() async
    /// Drops what is not delivered yet, here and wherever ``close()`` does not reach; the outcomes still come.
    func drop()
    /// Returns when everything is written.
    func closeOutputs() async
    /// Gives up outputs that nobody reads, from now on.
    func giveUpStuckOutputs()
    /// How far the run has come, in a line, and then what its producers are at.
    var snapshot: [String] { get }
    /// How long nothing may be delivered before the brokers count as unreachable.
    var waitBroker: Duration { get }
    var reachability: Reachability { get }
    /// Asks to be told again when a record is ready to be sent.
    func watchForReadyRecords()
}

/// Brings a run to its end: everything that happens comes here, and ``RunPlan`` says what to do about it.
struct RunLoop {
    private let parts: any RunParts
    private let terminal: Terminal
    private let post: AsyncStream<RunEvent>.Continuation
    private let stop = StopSwitch()
    private var feeding: Task<Void, Never>?
    private var closing: Task<Void, Never>?
    private(set) var plan: RunPlan
    /// From the beginning to the last outcome.
    private(set) var elapsed = Duration.zero

    init(_ plan: RunPlan, _ parts: any RunParts, _ terminal: Terminal, _ post: AsyncStream<RunEvent>.Continuation) {
        self.plan = plan
        self.parts = parts
        self.terminal = terminal
        self.post = post
    }

    /// Feeds, delivers, closes, and writes what is to be written; returns when all of that is over.
    mutating func run(_ events: AsyncStream<RunEvent>) async {
        let start = ContinuousClock.now
        feeding = Task { [parts, stop, post] in
            await parts.feed(until: stop)
            post.yield(.plan(.feedEnded))
        }
        for await event in events {
            switch event {
            case .plan(let event): plan.receive(event).forEach { perform($0) }
            case .recordReady: yield(.waitedForBroker, after: parts.waitBroker)
            case .waitedForBroker:
                switch parts.reachability {
                case .answered: break
                case .idle: parts.watchForReadyRecords()
                case .unreachable(let reason): plan.receive(.gaveUp(reason)).forEach { perform($0) }
                }
            case .outputsOpened: break
            case .snapshotRequested: parts.snapshot.forEach { terminal.note($0) }
            case .settled:
                elapsed = start.duration(to: .now)
                Task { [parts, post] in
                    await parts.closeOutputs()
                    post.yield(.outputsClosed)
                }
            case .outputsClosed: return await feeding?.value ?? ()
            }
        }
    }

    private mutating func perform(_ action: RunPlan.Action) {
        switch action {
        case .stopReading:
            stop.turnOn()
            parts.stopWaiting()
        case .close:
            closing = Task { [parts, post] in
                await parts.close()
                post.yield(.settled)
            }
        case .startTimer(let duration): yield(.plan(.deadlinePassed), after: duration)
        case .announceDrain(let limit):
            let (count, time) = (NumberText.records(parts.inFlightCount), NumberText.limit(limit))
            terminal.error("interrupted: draining \(count), up to \(time) (again to drop them)")
        case .announceDrop(let reason):
            terminal.error("\(reason): dropping \(NumberText.records(parts.inFlightCount))")
        case .drop:
            feeding?.cancel()
            closing?.cancel()
            parts.drop()
            parts.giveUpStuckOutputs()
        }
    }

    /// Posts an event later; one that comes after the end disturbs nobody.
    private func yield(_ event: RunEvent, after delay: Duration) {
        Task { [post] in
            try? await Task.sleep(for: delay)
            post.yield(event)
        }
    }
}
