// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

#if canImport(Darwin)
import Darwin
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

    /// Every property name librdkafka knows, global and per topic, aliases included.
    package static var allNames: [String] {
        var text: UnsafeMutablePointer<CChar>?
        var size = 0
        // librdkafka only prints its table; the stream's buffer is ours to free once it is closed.
        guard let stream = unsafe open_memstream(&text, &size) else { return [] }
        unsafe rd_kafka_conf_properties_show(stream)
        unsafe fclose(stream)
        guard let text = unsafe text else { return [] }
        defer { unsafe free(text) }
        // A row is "name | C/P | range | …".
        return unsafe String(cString: text).split(separator: "\n").compactMap { line in
            guard let bar = line.firstIndex(of: "|") else { return nil }
            let name = line[..<bar].prefix { $0 != " " }
            return name.contains(".") || name.allSatisfy(\.isLowercase) ? String(name) : nil
        }
    }

    /// Whether this process may read the file or folder.
    package static func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

    /// Asks for delivery reports, errors and log lines as events on the main queue: no callback into Swift exists.
    mutating func enableEvents() {
        unsafe rd_kafka_conf_set_events(
            conf,
            RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS
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
