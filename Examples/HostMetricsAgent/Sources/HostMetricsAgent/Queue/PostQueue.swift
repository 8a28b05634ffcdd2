// SPDX-License-Identifier: Apache-2.0

/// Samples on their way. Pure: events in, actions out; it knows neither a clock nor Kafka.
struct PostQueue: Sendable {
    struct Limits: Equatable, Sendable {
        /// The most samples that are kept: some hours of them.
        var samples = 4_320
        /// The most that one post holds.
        var samplesPerPost = 500
        /// How often a sample is sent that brokers refuse. Brokers that are away do not count: for them there is room.
        var attempts = 20
    }

    enum Failure: Equatable, Sendable {
        /// It may pass as it is, later.
        case unreachable
        /// It will not pass, unless somebody changes something.
        case refused
        /// Fewer samples may pass.
        case tooLarge
    }

    /// What is sent at once, as one record.
    struct Post: Equatable, Sendable {
        let number: Int
        let samples: [Sample]
    }

    enum Event: Sendable {
        case sampled(Sample)
        /// The host's time to send.
        case due
        case delivered(Int)
        case failed(Int, Failure)
        /// A pause is over.
        case resume
        case terminate
    }

    enum Action: Equatable, Sendable {
        case post(Post)
        /// ``Event/resume`` is to come after this time.
        case pause(Duration)
        /// Everything is sent or given up.
        case finish
    }

    struct Counts: Equatable, Sendable {
        var delivered = 0
        /// The oldest, when there were too many.
        var overflowed = 0
        /// Those that were refused too often.
        var givenUp = 0
    }

    private struct Entry {
        let sample: Sample
        var attempts = 0
    }

    private(set) var state = QueueState.first
    private(set) var counts = Counts()
    private var limits: Limits
    private var backlog: [Entry] = []
    private var underWay: [Int: [Entry]] = [:]
    private var nextNumber = 1
    private var isPausing = false
    private var isFinished = false

    init(limits: Limits) { self.limits = limits }

    /// Samples that have not arrived, those under way included.
    var remaining: Int { backlog.count + underWay.values.reduce(0) { $0 + $1.count } }
    var postsUnderWay: Int { underWay.count }

    mutating func setLimits(_ limits: Limits) {
        self.limits = limits
        bound()
    }

    mutating func handle(_ event: Event) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .sampled(let sample):
            // One that was being taken when the end came.
            if case .terminating = state { return [] }
            backlog.append(Entry(sample: sample))
            bound()
        case .due:
            if backlog.count > limits.samplesPerPost { state.handle(.piledUp) }
            if !state.isHurried { actions += posts() }
        case .delivered(let number):
            guard let entries = underWay.removeValue(forKey: number) else { return [] }
            counts.delivered += entries.count
            state.handle(.delivered(isBehind: backlog.count > limits.samplesPerPost))
        case .failed(let number, let failure):
            guard let entries = underWay.removeValue(forKey: number) else { return [] }
            if failure == .tooLarge { limits.samplesPerPost = max(1, entries.count / 2) }
            takeBack(entries, isRefused: failure != .unreachable)
            state.handle(.failed)
            if let pause = state.pause, !isPausing {
                isPausing = true
                actions.append(.pause(pause))
            }
        case .resume: isPausing = false
        case .terminate:
            state.handle(.terminate)
            // A pause may be longer than the time that is left: one more try at once.
            isPausing = false
        }
        if state.isHurried { actions += posts() }
        if case .terminating = state, remaining == 0, !isFinished {
            isFinished = true
            actions.append(.finish)
        }
        return actions
    }

    /// What piled up goes out merged, the oldest first.
    private mutating func posts() -> [Action] {
        var actions: [Action] = []
        while !isPausing, underWay.count < state.maximumPosts, !backlog.isEmpty {
            let entries = Array(backlog.prefix(limits.samplesPerPost))
            backlog.removeFirst(entries.count)
            underWay[nextNumber] = entries
            actions.append(.post(Post(number: nextNumber, samples: entries.map(\.sample))))
            nextNumber += 1
        }
        return actions
    }

    private mutating func takeBack(_ entries: [Entry], isRefused: Bool) {
        for var entry in entries {
            if isRefused { entry.attempts += 1 }
            if entry.attempts < limits.attempts { backlog.append(entry) } else { counts.givenUp += 1 }
        }
        backlog.sort { $0.sample.time < $1.sample.time }
        bound()
    }

    /// News is worth more than history.
    private mutating func bound() {
        let excess = backlog.count - limits.samples
        guard excess > 0 else { return }
        backlog.removeFirst(excess)
        counts.overflowed += excess
    }
}
