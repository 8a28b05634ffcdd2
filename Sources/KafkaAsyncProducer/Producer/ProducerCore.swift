// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import RDKafka
internal import Synchronization

/// What the parts of a producer share: one lock around one state, the log, and the event thread that feeds it.
///
/// The lock covers transitions only. Nothing is called, resumed or freed under it: `Effects` does that after.
@usableFromInline
final class ProducerCore: Sendable {
    let configuration: AsyncProducer.Configuration
    let log: LogRelay
    let librdkafkaStatistics: StatisticsRelay?
    let diagnosis: Mutex<ConnectionDiagnosis>
    /// Where tokens for SASL OAUTHBEARER come from, if they do.
    let tokens: TokenRefresher?
    /// librdkafka's name for the client, such as `orders#producer-1`.
    let name: String
    let forkGeneration: Int
    private let state: Mutex<ProducerState>
    /// A buffer for batches of messages that nobody uses just now.
    private let scratch = Mutex<MessageBatch?>(nil)
    /// Wakes the drain thread before its slice is over.
    private let drainSignal = DispatchSemaphore(value: 0)

    /// Numbers producers, so that a topic handle is recognised by the one that made it.
    private static let lastID = Atomic<UInt32>(0)

    private init(_ configuration: AsyncProducer.Configuration, client: Client, log: LogRelay, tokens: TokenRefresher?) {
        self.configuration = configuration
        self.log = log
        librdkafkaStatistics = configuration.librdkafkaStatistics.map { StatisticsRelay(handler: $0.handler) }
        let version = LibraryVersion.running < 0x0206_01ff ? LibraryVersion.text : nil
        diagnosis = Mutex(ConnectionDiagnosis(configuration, brokenSCRAMVersion: version))
        self.tokens = tokens
        name = client.name
        forkGeneration = client.forkGeneration
        let id = Self.lastID.add(1, ordering: .relaxed).newValue
        state = Mutex(ProducerState(configuration: configuration, producer: id, client: client))
    }

    /// Checks the configuration, makes the client and starts its event thread; all of it blocks.
    static func make(_ configuration: AsyncProducer.Configuration) throws(KafkaError) -> ProducerCore {
        guard LibraryVersion.running >= 0x0200_00ff else {
            throw KafkaError(
                .invalidConfiguration,
                "librdkafka \(LibraryVersion.text) is loaded, 2.0.0 or newer is needed: update the librdkafka1 package"
            )
        }
        let redactor = SecretRedactor(configuration)
        let tokens = try configuration.tokenSource().map { TokenRefresher($0) }
        let properties = try configuration.makeProperties()
        let client: Client
        do {
            client = try Client(properties)
        } catch {
            throw CreationFailure.explain(redactor.redact(error.reason), of: configuration)
        }
        let core = ProducerCore(configuration, client: client, log: LogRelay(configuration, redactor), tokens: tokens)
        core.logConfiguration()
        guard EventThread.start(for: client, handler: core) else {
            throw KafkaError(.systemResources, "the system has no thread for the producer's events")
        }
        return core
    }

    /// Changes the state under the lock, then does what the change asks for.
    func update<Result: Sendable>(_ change: (inout ProducerState, inout Effects) -> Result) -> Result {
        var effects = Effects()
        let (result, startsDrainThread) = state.withLock { state in
            (change(&state, &effects), state.startsDrainThread())
        }
        effects.run()
        if startsDrainThread { startDrainThread() }
        return result
    }

    /// The hot path's look at the state: no effects, so nothing to collect or to run.
    @inline(__always)
    func withState<Result: Sendable>(_ body: (inout ProducerState) -> Result) -> Result {
        state.withLock { state in body(&state) }
    }

    var statistics: Statistics { state.withLock { $0.statistics } }

    var inFlightCount: Int { state.withLock { $0.ledger.inFlight } }

    func takeScratch() -> MessageBatch? { scratch.withLock { $0.take() } }

    /// Keeps one buffer; a second one, of a sender that ran at the same time, is freed.
    func putScratch(_ batch: consuming sending MessageBatch) {
        var batch: MessageBatch? = batch
        scratch.withLock { $0 = batch.take() }
    }

    func signalDrainThread() { drainSignal.signal() }

    func waitAsDrainThread(until end: DispatchTime) { _ = drainSignal.wait(timeout: end) }

    /// Whether this process is a forked child, which has none of the client's threads.
    var isForked: Bool { forkGeneration != ForkGuard.current }
}
