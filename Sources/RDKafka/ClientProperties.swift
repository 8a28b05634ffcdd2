// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Owns an `rd_kafka_conf_t` until a client takes it.
@safe package struct ClientProperties: ~Copyable {
    /// What `rd_kafka_conf_set` said.
    package enum SetResult: Equatable, Sendable {
        case ok
        case unknownName
        case invalidValue(String)
    }

    private let conf: OpaquePointer

    /// For the calls that have files of their own.
    var handle: OpaquePointer { unsafe conf }

    package init() {
        unsafe self.conf = rd_kafka_conf_new()
    }

    deinit {
        // Still ours: `takeHandle` discards self.
        unsafe rd_kafka_conf_destroy(conf)
    }

    package mutating func set(_ name: String, _ value: String) -> SetResult {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { reason in
            // The buffer has room for 512 bytes; librdkafka terminates what it writes.
            switch unsafe rd_kafka_conf_set(conf, name, value, reason.baseAddress, reason.count) {
            case RD_KAFKA_CONF_OK: return .ok
            case RD_KAFKA_CONF_UNKNOWN: return .unknownName
            default: return .invalidValue(unsafe cString(reason))
            }
        }
    }

    /// The value in librdkafka's own spelling, or nil when the property is unknown or unset.
    package func value(of name: String) -> String? {
        var size = 0
        guard unsafe rd_kafka_conf_get(conf, name, nil, &size) == RD_KAFKA_CONF_OK, size > 0 else { return nil }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer -> String? in
            var size = size
            guard unsafe rd_kafka_conf_get(conf, name, buffer.baseAddress, &size) == RD_KAFKA_CONF_OK else {
                return nil
            }
            return unsafe cString(buffer)
        }
    }

    /// Every property with its value, those of topics after the global ones.
    package func dump() -> [(name: String, value: String, isTopic: Bool)] {
        var count = 0
        var all: [(name: String, value: String, isTopic: Bool)] = []
        // The pairs are librdkafka's until they are freed here, and copied before.
        if let pairs = unsafe rd_kafka_conf_dump(conf, &count) {
            all += unsafe Self.copy(pairs, count).map { ($0.name, $0.value, false) }
            unsafe rd_kafka_conf_dump_free(pairs, count)
        }
        // No topic property was set yet: then there is nothing but defaults.
        let own = unsafe rd_kafka_conf_get_default_topic_conf(conf)
        let fresh = unsafe own == nil ? rd_kafka_topic_conf_new() : nil
        defer { if let fresh = unsafe fresh { unsafe rd_kafka_topic_conf_destroy(fresh) } }
        if let pairs = unsafe rd_kafka_topic_conf_dump(own ?? fresh, &count) {
            all += unsafe Self.copy(pairs, count).map { ($0.name, $0.value, true) }
            unsafe rd_kafka_conf_dump_free(pairs, count)
        }
        return all
    }

    /// Names and values take turns.
    @unsafe private static func copy(
        _ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>,
        _ count: Int
    ) -> [(name: String, value: String)] {
        let texts = unsafe UnsafeBufferPointer(start: pairs, count: count)
        return stride(from: 0, to: count - 1, by: 2).compactMap { index in
            guard let name = unsafe texts[index].map({ unsafe String(cString: $0) }), !isPointer(name) else {
                return nil
            }
            return unsafe (name, texts[index + 1].map { unsafe String(cString: $0) } ?? "")
        }
    }

    /// Whether the value is an address in this process: of a function, or of what only C can set.
    private static func isPointer(_ name: String) -> Bool {
        name.hasSuffix("_cb") || ["opaque", "default_topic_conf", "interceptors"].contains(name)
    }

    /// Whether this process may read the file or folder.
    package static func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

    /// Asks for delivery reports, errors and log lines as events on the main queue: no callback into Swift exists.
    mutating func enableEvents() {
        unsafe rd_kafka_conf_set_events(
            conf,
            RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS
                | RD_KAFKA_EVENT_OAUTHBEARER_TOKEN_REFRESH
        )
        _ = set("log.queue", "true")
    }

    /// Gives the configuration away. The caller frees it unless a client took it.
    consuming func takeHandle() -> OpaquePointer {
        let conf = unsafe self.conf
        discard self
        return unsafe conf
    }
}

/// A C string from a buffer that C terminated with NUL.
@unsafe func cString(_ buffer: UnsafeMutableBufferPointer<CChar>) -> String {
    guard let start = buffer.baseAddress else { return "" }
    return unsafe String(cString: start)
}
