// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka
internal import Synchronization

/// How many produce requests a client has written to the connection of each broker: what no request can have carried is
/// certainly in no log.
package final class RequestCounts: Sendable {
    private let counts = Mutex<[Int32: Int]>([:])
    private let endings = Atomic(0)
    private let registrations = Mutex(Registrations())

    package init() {}

    fileprivate func add(_ broker: Int32) {
        counts.withLock { $0[broker, default: 0] += 1 }
        registrations.withLock { $0.isOver = true }
    }

    fileprivate func addRegistration() { registrations.withLock { $0.add(at: MonotonicClock.now) } }

    /// Whether partitions had to be added to the transaction twice before anything could be produced to them; begins anew.
    package func takeRegistrationRetry() -> Bool {
        registrations.withLock { registrations in
            defer { registrations = Registrations() }
            return registrations.wasRetried
        }
    }

    fileprivate func addEnding() { endings.add(1, ordering: .relaxed) }

    /// The requests to commit or abort a transaction.
    package var endedTransactions: Int { endings.load(ordering: .relaxed) }

    /// The requests to any of these brokers; to all when none is named.
    package func total(_ brokers: [Int32]) -> Int {
        counts.withLock { counts in
            if brokers.isEmpty { return counts.values.reduce(0, +) }
            return brokers.reduce(0) { $0 + (counts[$1] ?? 0) } + (counts[-1] ?? 0)
        }
    }
}

extension ClientProperties {
    /// Counts in `counts`, which must live as long as the client.
    mutating func count(in counts: RequestCounts) {
        let opaque = unsafe Unmanaged.passUnretained(counts).toOpaque()
        unsafe rd_kafka_conf_interceptor_add_on_new(handle, "requests", onNew, opaque)
    }
}

/// Called by `rd_kafka_new`, on its thread.
private func onNew(
    _ client: OpaquePointer?,
    _ configuration: OpaquePointer?,
    _ opaque: UnsafeMutableRawPointer?,
    _ reason: UnsafeMutablePointer<CChar>?,
    _ size: Int
) -> rd_kafka_resp_err_t {
    unsafe rd_kafka_interceptor_add_on_request_sent(client, "requests", onRequestSent, opaque)
}

/// Called on a broker's thread once the whole request was written.
private func onRequestSent(
    _ client: OpaquePointer?,
    _ socket: Int32,
    _ name: UnsafePointer<CChar>?,
    _ broker: Int32,
    _ api: Int16,
    _ version: Int16,
    _ correlation: Int32,
    _ size: Int,
    _ opaque: UnsafeMutableRawPointer?
) -> rd_kafka_resp_err_t {
    // 0 is Produce, 24 AddPartitionsToTxn, 26 EndTxn. The owner of the client owns the counts, and destroys the client first.
    guard [0, 24, 26].contains(api), let opaque = unsafe opaque else { return RD_KAFKA_RESP_ERR_NO_ERROR }
    let counts = unsafe Unmanaged<RequestCounts>.fromOpaque(opaque).takeUnretainedValue()
    switch api {
    case 0: counts.add(broker)
    case 24: counts.addRegistration()
    default: counts.addEnding()
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR
}

/// The requests to add partitions to a transaction, until the first message is written.
private struct Registrations {
    var isOver = false
    private var first: Int64?
    private(set) var wasRetried = false

    /// librdkafka waits so long, nearly, before it asks again; what is asked sooner is for other partitions.
    private static var backoff: Int64 { 18_000_000 }

    mutating func add(at now: Int64) {
        guard !isOver else { return }
        if let first { wasRetried = wasRetried || now - first >= Self.backoff } else { first = now }
    }
}
