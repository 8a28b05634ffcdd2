// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka
internal import Synchronization

/// How many produce requests a client has written to the connection of each broker: what no request can have carried is
/// certainly in no log.
package final class RequestCounts: Sendable {
    private let counts = Mutex<[Int32: Int]>([:])
    private let endings = Atomic(0)

    package init() {}

    fileprivate func add(_ broker: Int32) { counts.withLock { $0[broker, default: 0] += 1 } }

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
    // 0 is Produce, 26 EndTxn. The owner of the client owns the counts, and destroys the client first.
    if api == 0 || api == 26, let opaque = unsafe opaque {
        let counts = unsafe Unmanaged<RequestCounts>.fromOpaque(opaque).takeUnretainedValue()
        if api == 0 { counts.add(broker) } else { counts.addEnding() }
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR
}
