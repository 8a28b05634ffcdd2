// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a worker is told by other threads.
enum WorkerMessage: Sendable {
    case answers([(ticket: Ticket, text: String)])
    /// Take no more lines, answer what was taken, then end.
    case drain
    /// End now.
    case abandon
}

/// Messages for a worker that sleeps in `poll`: a byte in a pipe wakes it.
final class Mailbox: Sendable {
    private let messages = Mutex<[WorkerMessage]>([])
    private let reader: Descriptor
    private let writer: Descriptor

    init() throws(ServerError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system("make a pipe", errno) }
        reader = try Descriptor(ends[0], "make a pipe")
        writer = try Descriptor(ends[1], "make a pipe")
        reader.prepare()
        writer.prepare()
    }

    /// Readable when there are messages.
    var descriptor: Int32 { reader.number }

    func post(_ message: WorkerMessage) {
        let isFirst = messages.withLock { messages in
            messages.append(message)
            return messages.count == 1
        }
        // One byte for any number of messages: the pipe never fills.
        if isFirst { _ = writer.send([0]) }
    }

    func takeAll() -> [WorkerMessage] {
        var bytes = [UInt8](repeating: 0, count: 64)
        // A pipe is no socket: `recv` does not read it.
        _ = Transfer { read(reader.number, &bytes, bytes.count) }
        return messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}
