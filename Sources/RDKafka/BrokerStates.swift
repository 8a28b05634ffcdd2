// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka
internal import Synchronization

/// Which brokers a client is connected to, and since when: as librdkafka's own threads tell, without asking anybody.
package final class BrokerStates: Sendable {
    /// A broker that a connection was tried to.
    package struct Broker: Sendable {
        /// -1 for an address of `bootstrap.servers` whose number is not known.
        package let id: Int32
        package let host: String
        package let port: Int32
        package fileprivate(set) var isUp: Bool
        /// On the monotonic clock.
        package fileprivate(set) var since: Int64
    }

    private let brokers = Mutex<[Broker]>([])

    package init() {}

    /// In the order in which they were met.
    package var all: [Broker] { brokers.withLock { $0 } }

    fileprivate func note(_ id: Int32, _ host: String, _ port: Int32, state: String) {
        // Not a broker: what serves what has no broker, and a coordinator that is not known yet.
        guard port > 0, state != "INIT" else { return }
        let isUp = state == "UP" || state == "UPDATE"
        let now = MonotonicClock.now
        brokers.withLock { brokers in
            guard let index = brokers.firstIndex(where: { $0.id == id && $0.host == host && $0.port == port }) else {
                brokers.append(Broker(id: id, host: host, port: port, isUp: isUp, since: now))
                return
            }
            if brokers[index].isUp != isUp { (brokers[index].isUp, brokers[index].since) = (isUp, now) }
        }
    }
}

extension ClientProperties {
    /// Keeps `states` up to date; it must live as long as the client.
    mutating func watch(in states: BrokerStates) {
        let opaque = unsafe Unmanaged.passUnretained(states).toOpaque()
        unsafe rd_kafka_conf_interceptor_add_on_new(handle, "brokers", onNew, opaque)
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
    unsafe rd_kafka_interceptor_add_on_broker_state_change(client, "brokers", onChange, opaque)
}

/// Called on whatever thread of librdkafka's changes the state of a connection, with the broker's lock held.
private func onChange(
    _ client: OpaquePointer?,
    _ id: Int32,
    _ protocolName: UnsafePointer<CChar>?,
    _ name: UnsafePointer<CChar>?,
    _ port: Int32,
    _ state: UnsafePointer<CChar>?,
    _ opaque: UnsafeMutableRawPointer?
) -> rd_kafka_resp_err_t {
    // The owner of the client owns the states, and destroys the client first.
    guard let opaque = unsafe opaque, let name = unsafe name, let state = unsafe state else {
        return RD_KAFKA_RESP_ERR_NO_ERROR
    }
    let states = unsafe Unmanaged<BrokerStates>.fromOpaque(opaque).takeUnretainedValue()
    unsafe states.note(id, String(cString: name), port, state: String(cString: state))
    return RD_KAFKA_RESP_ERR_NO_ERROR
}
