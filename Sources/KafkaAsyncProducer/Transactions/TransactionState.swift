// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Where the transaction of a producer stands. Pure; `ProducerState+Transactions` moves it.
///
/// ```
/// none ─▶ beginning ─▶ open ─▶ completing ─▶ committing ─▶ ended ─▶ none
///                        └──────────┴─────────────┴─▶ aborting ─▲
/// ```
struct TransactionState {
    enum Phase: Equatable {
        case none
        /// librdkafka gets the producer's epoch, if it has none, and begins.
        case beginning
        case open
        /// Nothing is accepted any more; what was accepted gets its outcome.
        case completing
        /// librdkafka asks the coordinator for the commit.
        case committing
        /// What is in the queues is dropped, librdkafka aborts; then the last outcomes are waited for.
        case aborting(isAborted: Bool)
        /// Its owner has not taken note yet.
        case ended(Ending)
    }

    enum Ending: Equatable {
        case committed
        case failed(TransactionError)
    }

    typealias Owner = CheckedContinuation<Ending, Never>
    typealias Beginner = CheckedContinuation<Result<UInt32, TransactionError>, Never>

    /// What librdkafka is to do next, on a thread of its own.
    struct Errand: Sendable {
        enum Kind: Sendable {
            /// Gets an epoch, if there is none, and begins a transaction.
            case begin
            case offsets(OffsetsRequest)
            case commit
            case abort
        }

        let kind: Kind
        /// Of the transaction.
        let number: UInt32
        let deadline: Int64
    }

    /// Nil for a producer without transactions.
    let id: String?
    /// For how long the coordinator lets one be open, in nanoseconds.
    let timeout: Int64
    var phase = Phase.none
    /// Of the current or last one.
    private(set) var number: UInt32 = 0
    /// Until when it must be committed.
    var deadline = Int64.max
    /// Until when its messages must be delivered: the coordinator's own time is over soon after.
    var sendsUntil = Int64.max
    /// Until when the abort, or the last outcomes after it, are waited for.
    var abortsUntil = Int64.max
    /// Since when the coordinator may have one of this producer's open; nil when it has none. By a clock that goes on while
    /// the machine sleeps, as the coordinator's does.
    private(set) var openSince: ContinuousClock.Instant?
    /// Why it is aborted.
    var cause: KafkaError?
    var owner: Owner?
    var beginner: Beginner?
    /// Offsets that have not been taken yet.
    var offsets: [OffsetsRequest] = []
    private var errands = FIFO<Errand>()
    /// Errands under way. The end of a transaction goes on when its owner waits no longer, and the next one waits for it.
    private var running = 0
    /// Those of them that end a transaction.
    private var runningEnds = 0
    /// Tells calls that begin a transaction apart.
    private var lastTicket = 0
    /// Of the call that has begun the current one.
    private(set) var ticket = 0
    /// Whether the client has its epoch.
    var isReady = false
    /// What librdkafka has not reported is to be failed.
    var expiresInside = false
    /// The client has failed for good: what it has is to be dropped.
    var purgesClient = false

    init(id: String?, timeout: Int64) {
        self.id = id
        self.timeout = timeout
    }

    var isTransactional: Bool { id != nil }

    /// What a message must be part of to be accepted: of no transaction, which is 0, of the open one, or nothing is.
    var accepted: UInt32 {
        guard isTransactional else { return 0 }
        return phase == .open ? number : Self.nothing
    }

    /// The number of no message.
    static var nothing: UInt32 { .max }

    /// Why what waits is dropped, if it is.
    var dropCause: KafkaError? {
        if case .aborting = phase { return cause }
        return nil
    }

    /// librdkafka has begun one.
    mutating func noteOpen() { if openSince == nil { openSince = .now } }

    /// The coordinator has answered that it is committed or aborted.
    mutating func noteEnd() { openSince = nil }

    /// Whether the coordinator may have ended one because it was open for too long.
    var mayBeOverdue: Bool {
        openSince.map { ContinuousClock.now - $0 >= .nanoseconds(timeout) } ?? false
    }

    /// Whether nothing of it is to be waited for any more.
    var isOver: Bool {
        switch phase {
        case .none, .ended: runningEnds == 0
        default: false
        }
    }

    mutating func makeTicket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    mutating func start(_ ticket: Int) {
        self.ticket = ticket
        number = number >= Self.nothing - 1 ? 1 : number + 1
        phase = .beginning
        cause = nil
    }

    // MARK: Errands

    mutating func add(_ kind: Errand.Kind, until deadline: Int64) {
        let errand = Errand(kind: kind, number: number, deadline: deadline)
        // Nothing else can be done before.
        if case .abort = kind { errands.prepend(errand) } else { errands.append(errand) }
    }

    /// The errands that can be done now: one at a time, but an end of the transaction waits for nothing.
    mutating func takeErrands() -> [Errand] {
        var taken: [Errand] = []
        while let next = errands.first {
            switch next.kind {
            case .commit, .abort: runningEnds += 1
            case .begin, .offsets: if running > 0 { return taken }
            }
            _ = errands.popFirst()
            running += 1
            taken.append(next)
        }
        return taken
    }

    mutating func finish(_ errand: Errand) {
        running -= 1
        switch errand.kind {
        case .commit, .abort: runningEnds -= 1
        case .begin, .offsets: break
        }
    }

    /// Takes back a begin that still waits for the end of another transaction; whether there was one.
    mutating func dropBegin() -> Bool {
        guard case .begin? = errands.first?.kind else { return false }
        _ = errands.popFirst()
        return true
    }
}
