// SPDX-License-Identifier: Apache-2.0

import CRequestService
import Dispatch
import Foundation
import Synchronization

/// A client: lines in, lines out. Nothing here blocks a thread that runs tasks.
final class Connection: Sendable {
    static let maximumLine = 64 << 10

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "connection")
    private let buffer = Mutex<[UInt8]>([])

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The next line; nil when the client has gone, or sends lines without an end. One task at a time.
    func nextLine() async -> String? {
        while true {
            let (line, size) = buffer.withLock { buffer -> (String?, Int) in
                guard let end = buffer.firstIndex(of: UInt8(ascii: "\n")) else { return (nil, buffer.count) }
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return (line, buffer.count)
            }
            if let line { return line }
            guard size <= Self.maximumLine else { return nil }
            let chunk = await read()
            if chunk.isEmpty { return nil }
            buffer.withLock { $0 += chunk }
        }
    }

    /// Sends a line; false when the client has gone, or does not read for five seconds.
    func reply(_ line: String) async -> Bool {
        let bytes = Array("\(line)\n".utf8)
        return await withCheckedContinuation { continuation in
            queue.async { [descriptor] in
                continuation.resume(returning: socket_write(descriptor, bytes, bytes.count, 5) == 0)
            }
        }
    }

    /// No further request is read; those that were are answered.
    func stopReading() { socket_stop_reading(descriptor) }

    /// What has come, as soon as something has; nothing is the end.
    private func read() async -> [UInt8] {
        let result = Mutex<[UInt8]>([])
        await withCheckedContinuation { continuation in
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler { [descriptor] in
                var bytes = [UInt8](repeating: 0, count: 4096)
                let count = socket_read_now(descriptor, &bytes, bytes.count)
                if count < 0, errno == EAGAIN || errno == EINTR { return }
                result.withLock { $0 = Array(bytes.prefix(max(0, count))) }
                source.cancel()
            }
            // Not before: until then Dispatch knows the descriptor, which must not be closed.
            source.setCancelHandler { continuation.resume() }
            source.activate()
        }
        return result.withLock { $0 }
    }
}
