// SPDX-License-Identifier: Apache-2.0

/// A client's connection and the one to the broker that belongs to it. Used by the proxy's thread alone.
final class ProxyConnection {
    /// Bytes in one direction.
    private struct Flow {
        let source: Socket
        let target: Socket
        private var queue: [(due: ContinuousClock.Instant, bytes: ArraySlice<UInt8>)] = []
        private var isAtEnd = false

        init(from source: Socket, to target: Socket) {
            self.source = source
            self.target = target
        }

        var isEmpty: Bool { queue.isEmpty }

        /// Moves what can be moved; false when the connection is at its end.
        mutating func move(delay: Duration, isLossy: Bool) -> Bool {
            let now = ContinuousClock.now
            // Bounded: a slow side slows the other, as TCP does.
            while !isAtEnd, queue.count < 64, let bytes = source.read() {
                isAtEnd = bytes.isEmpty
                if !bytes.isEmpty, !isLossy { queue.append((now + delay, bytes[...])) }
            }
            while let first = queue.first, first.due <= now {
                guard let count = target.write(first.bytes) else { return false }
                if count < first.bytes.count {
                    queue[0].bytes = first.bytes.dropFirst(count)
                    break
                }
                queue.removeFirst()
            }
            return !isAtEnd || !queue.isEmpty
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
        client.stopBlocking()
        broker.stopBlocking()
        request = Flow(from: client, to: broker)
        answer = Flow(from: broker, to: client)
    }

    var descriptors: [Int32] { [request.source.descriptor, answer.source.descriptor] }

    /// Whether bytes are under way.
    var isWaiting: Bool { !request.isEmpty || !answer.isEmpty }

    /// Moves what can be moved; false, and closed, when a side has ended.
    func move(_ behaviour: TCPProxy.Behaviour) -> Bool {
        let isOpen = request.move(delay: behaviour.delay, isLossy: false)
        guard answer.move(delay: behaviour.delay, isLossy: behaviour.losesAnswers), isOpen else {
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
