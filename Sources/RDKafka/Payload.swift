// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// The addresses of one reported message: in librdkafka's memory or in a slab. Valid while its batch is pinned.
@unsafe struct Payload {
    var key: UnsafePointer<UInt8>?
    var keyCount = 0
    var value: UnsafePointer<UInt8>?
    var valueCount = 0
    var brokerID: Int32 = -1
    /// Microseconds, -1 unknown; nil while librdkafka still holds the message and can be asked.
    var latency: Int64?
    var message: UnsafePointer<rd_kafka_message_t>?
    var headers: [(name: String, value: [UInt8]?)] = []

    init() {}

    init(_ message: UnsafePointer<rd_kafka_message_t>) {
        unsafe self.message = message
        if let start = unsafe message.pointee.key {
            unsafe key = UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
            unsafe keyCount = message.pointee.key_len
        }
        if let start = unsafe message.pointee.payload {
            unsafe value = UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
            unsafe valueCount = message.pointee.len
        }
        unsafe brokerID = rd_kafka_message_broker_id(message)
    }

    func headerList() -> [(name: String, value: [UInt8]?)] {
        guard let message = unsafe message else { return unsafe headers }
        var list: OpaquePointer?
        guard unsafe rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list = unsafe list
        else { return [] }
        // The list stays the message's; names are terminated, values have a length.
        var result: [(name: String, value: [UInt8]?)] = []
        var name: UnsafePointer<CChar>?
        var start: UnsafeRawPointer?
        var size = 0
        while unsafe rd_kafka_header_get_all(list, result.count, &name, &start, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            let nameText = unsafe name.map { unsafe String(cString: $0) } ?? ""
            let bytes = unsafe start.map { unsafe [UInt8](UnsafeRawBufferPointer(start: $0, count: size)) }
            result.append((nameText, bytes))
        }
        return result
    }
}

/// The payloads of a detached batch: one allocation for all keys and values, addressed by offsets.
@unsafe struct Slab {
    private struct Entry {
        var keyOffset = 0
        /// -1 is nil, for the value too.
        var keyCount = -1
        var valueOffset = 0
        var valueCount = -1
        var brokerID: Int32
        var latency: Int64
    }

    private let bytes: UnsafeMutablePointer<UInt8>
    private let entries: [Entry]
    /// By index; most messages have none.
    private let headers: [Int: [(name: String, value: [UInt8]?)]]

    init(copying messages: UnsafeBufferPointer<UnsafePointer<rd_kafka_message_t>?>, elapsedSinceArrival: Int64) {
        var size = 0
        for index in messages.indices {
            if let message = unsafe messages[index] { unsafe size += message.pointee.key_len + message.pointee.len }
        }
        unsafe bytes = .allocate(capacity: max(size, 1))
        var end = 0
        var entries: [Entry] = []
        entries.reserveCapacity(messages.count)
        var headers: [Int: [(name: String, value: [UInt8]?)]] = [:]
        for index in messages.indices {
            guard let message = unsafe messages[index] else { continue }
            let payload = unsafe Payload(message)
            let latency = unsafe rd_kafka_message_latency(message)
            var entry = unsafe Entry(
                brokerID: payload.brokerID,
                latency: latency < 0 ? -1 : max(0, latency - elapsedSinceArrival)
            )
            if let key = unsafe payload.key {
                entry.keyOffset = end
                unsafe entry.keyCount = payload.keyCount
                // Room for all was counted above.
                unsafe (bytes + end).initialize(from: key, count: payload.keyCount)
                unsafe end += payload.keyCount
            }
            if let value = unsafe payload.value {
                entry.valueOffset = end
                unsafe entry.valueCount = payload.valueCount
                unsafe (bytes + end).initialize(from: value, count: payload.valueCount)
                unsafe end += payload.valueCount
            }
            entries.append(entry)
            let list = unsafe payload.headerList()
            if !list.isEmpty { headers[index] = list }
        }
        unsafe self.entries = entries
        unsafe self.headers = headers
    }

    func payload(at index: Int) -> Payload {
        let entry = unsafe entries[index]
        var payload = unsafe Payload()
        if entry.keyCount >= 0 {
            unsafe payload.key = UnsafePointer(bytes + entry.keyOffset)
            unsafe payload.keyCount = entry.keyCount
        }
        if entry.valueCount >= 0 {
            unsafe payload.value = UnsafePointer(bytes + entry.valueOffset)
            unsafe payload.valueCount = entry.valueCount
        }
        unsafe payload.brokerID = entry.brokerID
        unsafe payload.latency = entry.latency
        unsafe payload.headers = headers[index] ?? []
        return unsafe payload
    }

    func deallocate() { unsafe bytes.deallocate() }
}
