// SPDX-License-Identifier: Apache-2.0

internal import RDKafka
internal import Synchronization

/// What the parts of a producer share: one lock around one state, the log, and the driver that moves its messages.
///
/// The lock covers transitions only. Nothing is called, resumed or freed under it: `Effects` does that after.
@usableFromInline
final class ProducerCore: Sendable {
    let configuration: AsyncProducer.Configuration
    let settings: CoreSettings
    let log: LogRelay
    let librdkafkaStatistics: StatisticsRelay?
    let diagnosis: Mutex<ConnectionDiagnosis>
    /// Where tokens for SASL OAUTHBEARER come from, if they do.
    let tokens: TokenRefresher?
    /// librdkafka's name for the first client, such as `orders#producer-1`.
    let name: String
    let forkGeneration: Int
    let waker: Waker
    let metadata: MetadataService
    let observation: Observation
    /// The memory of chunks.
    let pool: MemoryPool
    private let state: Mutex<ProducerState>

    /// Numbers producers, so that a topic handle is recognised by the one that made it.
    private static let lastID = Atomic<UInt32>(0)

    private init(
        _ configuration: AsyncProducer.Configuration,
        _ settings: CoreSettings,
        _ observation: Observation,
        client: Client,
        waker: Waker,
        log: LogRelay,
        tokens: TokenRefresher?
    ) {
        self.configuration = configuration
        self.settings = settings
        self.observation = observation
        self.log = log
        librdkafkaStatistics = configuration.librdkafkaStatistics.map { StatisticsRelay(handler: $0.handler) }
        let version = LibraryVersion.running < 0x0206_01ff ? LibraryVersion.text : nil
        diagnosis = Mutex(ConnectionDiagnosis(configuration, brokenSCRAMVersion: version))
        self.tokens = tokens
        self.waker = waker
        metadata = MetadataService(client: client)
        name = client.name
        forkGeneration = client.forkGeneration
        let id = Self.lastID.add(1, ordering: .relaxed).newValue
        let initial = ProducerState(
            configuration: configuration,
            settings: settings,
            producer: id,
            observers: observation.outcomes
        )
        pool = initial.pool
        state = Mutex(initial)
    }

    /// Checks the configuration, makes the client and starts the driver; all of it blocks.
    static func make(
        _ configuration: AsyncProducer.Configuration,
        _ observation: Observation
    ) throws(KafkaError) -> ProducerCore {
        guard LibraryVersion.running >= 0x0200_00ff else {
            throw KafkaError(
                .invalidConfiguration,
                "librdkafka \(LibraryVersion.text) is loaded, 2.0.0 or newer is needed: update the librdkafka1 package"
            )
        }
        guard let waker = Waker() else {
            throw KafkaError(.systemResources, "the system has no file descriptor for the producer's driver")
        }
        let redactor = SecretRedactor(configuration)
        let tokens = try configuration.tokenSource().map { TokenRefresher($0) }
        let settings = try CoreSettings(configuration, configuration.makeProperties())
        let client = try makeClient(configuration, settings, waker, redactor)
        let core = ProducerCore(
            configuration,
            settings,
            observation,
            client: client,
            waker: waker,
            log: LogRelay(configuration, redactor),
            tokens: tokens
        )
        core.passOn()
        core.logConfiguration()
        observation.started(core)
        guard Thread.spawn(named: "kafka-driver", { Driver(core).run() }) else {
            throw KafkaError(.systemResources, "the system has no thread for the producer's driver")
        }
        return core
    }

    /// Called by the thread that has made it and by the one that gets it: the lock orders the two for ThreadSanitizer as well,
    /// which does not see the order in a continuation that is resumed before it is awaited.
    func passOn() { withState { _ in } }

    /// Makes a client as the core wants it. Blocks.
    static func makeClient(
        _ configuration: AsyncProducer.Configuration,
        _ settings: CoreSettings,
        _ waker: Waker,
        _ redactor: SecretRedactor
    ) throws(KafkaError) -> Client {
        var properties = try configuration.makeProperties()
        settings.apply(to: &properties)
        do {
            return try Client(properties, waker: waker)
        } catch {
            if error.code == .noThread {
                throw KafkaError(
                    .systemResources,
                    "the system has no threads for librdkafka: \(redactor.redact(error.reason))"
                )
            }
            throw CreationFailure.explain(redactor.redact(error.reason), of: configuration)
        }
    }

    /// Changes the state under the lock, then does what the change asks for.
    func update<Result: Sendable>(_ change: (inout ProducerState, inout Effects) -> Result) -> Result {
        var effects = Effects()
        let result = state.withLock { state in
            let result = change(&state, &effects)
            if state.dispatch.needsWake {
                state.dispatch.needsWake = false
                effects.wakesDriver = true
            }
            return result
        }
        if effects.wakesDriver { waker.wake() }
        effects.run()
        return result
    }

    /// A look at the state: no effects, so nothing to collect or to run.
    @inline(__always)
    func withState<Result: Sendable>(_ body: (inout ProducerState) -> Result) -> Result {
        state.withLock { state in body(&state) }
    }

    /// In a forked child nothing is known of what the parent has done since.
    var statistics: Statistics {
        if isForked { return Statistics() }
        var statistics = state.withLock { $0.statistics }
        statistics.droppedCodec = log.droppedCodec
        return statistics
    }

    var inFlightCount: Int { isForked ? 0 : state.withLock { $0.ledger.inFlight } }

    /// Whether this process is a forked child, which has none of the producer's threads: a lock that one of them held at the
    /// fork will never be free, so nothing is locked there.
    var isForked: Bool { forkGeneration != ForkGuard.current }

    var forkedError: KafkaError {
        KafkaError(.forked, "this producer belongs to the parent of this process: make one after fork")
    }
}
