// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A client's connection and the one to the broker that belongs to it. Used by the proxy's thread alone.
final class ProxyConnection {
    /// Bytes in one direction: a delay line, in which each piece has its own time.
    private struct Flow {
        let source: Socket
        let target: Socket
        private var line: [(due: ContinuousClock.Instant, bytes: ArraySlice<UInt8>)] = []
        private var size = 0
        private var isAtEnd = false
        /// Whether something is due that the target does not take.
        private(set) var isBlocked = false

        /// So much waits for a target that is slow; bytes that are only under way are not limited.
        private static let blockedLimit = 16 << 20

        init(from source: Socket, to target: Socket) {
            self.source = source
            self.target = target
        }

        /// When the first piece is due; nil with none, or when it is the target that is waited for.
        var due: ContinuousClock.Instant? { isBlocked ? nil : line.first?.due }

        /// A slow side slows the other, as TCP does.
        var isReading: Bool { !isAtEnd && !(isBlocked && size >= Self.blockedLimit) }

        /// Takes in what has arrived.
        mutating func read(_ buffer: ReadBuffer, delay: Duration, isLossy: Bool) {
            while isReading, let bytes = source.read(into: buffer) {
                isAtEnd = bytes.isEmpty
                guard !bytes.isEmpty, !isLossy else { continue }
                line.append((ContinuousClock.now + delay, bytes[...]))
                size += bytes.count
                if bytes.count < buffer.size { return }
            }
        }

        /// Passes on what is due; false when the connection is at its end.
        mutating func write() -> Bool {
            isBlocked = false
            let now = ContinuousClock.now
            while let first = line.first, first.due <= now {
                guard let count = target.write(first.bytes) else { return false }
                size -= count
                if count < first.bytes.count {
                    line[0].bytes = first.bytes.dropFirst(count)
                    isBlocked = true
                    break
                }
                line.removeFirst()
            }
            return !isAtEnd || !line.isEmpty
        }
    }

    private var request: Flow
    private var answer: Flow

    /// Nil, and closed, when there is no broker to connect to.
    init?(_ client: Socket, upstream port: UInt16?) {
        guard let port, let broker = Socket.connected(to: port) else {
            client.close()
            return nil
        }
        for socket in [client, broker] {
            socket.stopBlocking()
            socket.stopCollecting()
        }
        request = Flow(from: client, to: broker)
        answer = Flow(from: broker, to: client)
    }

    /// What to wait for, the client first.
    var descriptors: [pollfd] { [interest(request, answer), interest(answer, request)] }

    /// Until when to wait at most.
    var due: ContinuousClock.Instant? { [request.due, answer.due].compactMap { $0 }.min() }

    private func interest(_ incoming: Flow, _ outgoing: Flow) -> pollfd {
        let events = (incoming.isReading ? POLLIN : 0) | (outgoing.isBlocked ? POLLOUT : 0)
        // Without any, not even its end is looked at: it is found by writing.
        return pollfd(fd: events == 0 ? -1 : incoming.source.descriptor, events: Int16(events), revents: 0)
    }

    /// The sides from which something has come.
    struct Ready {
        var client = false
        var broker = false
    }

    /// Moves what can be moved; false, and closed, when a side has ended.
    func move(_ ready: Ready, _ behaviour: TCPProxy.Behaviour, _ buffer: ReadBuffer) -> Bool {
        if ready.client { request.read(buffer, delay: behaviour.delay, isLossy: false) }
        if ready.broker { answer.read(buffer, delay: behaviour.delay, isLossy: behaviour.losesAnswers) }
        let isOpen = request.write()
        guard answer.write(), isOpen else {
            close(isReset: false)
            return false
        }
        return true
    }

    func close(isReset: Bool) {
        request.source.close(isReset: isReset)
        answer.source.close(isReset: isReset)
    }
}
