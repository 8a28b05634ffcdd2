// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread that accepts clients and serves them: `poll` is the only place where it waits. Swift's own threads, which run
/// tasks, are never held up; what it shares with them is a mailbox and the producer.
final class Worker {
    private let shared: Shared
    private let index: Int
    private let mailbox: Mailbox
    private var identifiers: IdentifierSupply
    private var connections: [UInt64: Connection] = [:]
    private var nextConnection: UInt64 = 0
    /// Connections that have lines to serve, each once, in turn: so none starves while Kafka is slow.
    private var turns: [UInt64] = []
    private var isDraining = false
    private var isAbandoned = false
    /// After a failed `accept`: it would fail again at once, and poll would not wait.
    private var acceptsFrom = ContinuousClock.now
    private var expiresNext = ContinuousClock.now
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)

    init(_ shared: Shared, index: Int, slot: WorkerSlot) {
        self.shared = shared
        self.index = index
        mailbox = shared.mailboxes[index]
        identifiers = IdentifierSupply(slot)
    }

    /// Returns when the server was asked to end and every connection is closed.
    func run() {
        while !isAbandoned, !isDraining || !connections.isEmpty {
            let ready = wait()
            let now = ContinuousClock.now
            readMail(now)
            if ready.contains(where: { $0.isListener }) { acceptClients(now) }
            for event in ready where !event.isListener { serve(event, now) }
            takeTurns(now)
            expire(now)
        }
        for connection in connections.values { close(connection) }
        identifiers.finish()
    }

    private struct Ready {
        var isListener: Bool { connection == nil }
        let connection: Connection?
        let canRead: Bool
    }

    private func wait() -> [Ready] {
        let now = ContinuousClock.now
        let accepts = !isDraining && now >= acceptsFrom
        var polled = [pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)]
        if accepts {
            polled += shared.listeners.map { pollfd(fd: $0.socket.number, events: Int16(POLLIN), revents: 0) }
        }
        let firstClient = polled.count
        var clients: [Connection] = []
        for connection in connections.values {
            let events = (connection.wantsToRead ? POLLIN : 0) | (connection.wantsToWrite ? POLLOUT : 0)
            // One that wants nothing is left out: poll reports a client that went away whether asked to or not.
            guard events != 0 else { continue }
            polled.append(pollfd(fd: connection.descriptor, events: Int16(events), revents: 0))
            clients.append(connection)
        }
        // Outcomes and clients wake it; the rest is idle connections, and trying again where there was no room.
        let patience: Int32 = !turns.isEmpty ? 10 : connections.isEmpty && accepts ? -1 : 250
        guard poll(&polled, nfds_t(polled.count), patience) > 0 else { return [] }
        var ready: [Ready] = []
        if polled[1..<firstClient].contains(where: { $0.revents != 0 }) {
            ready.append(Ready(connection: nil, canRead: true))
        }
        for (connection, entry) in zip(clients, polled[firstClient...]) where entry.revents != 0 {
            ready.append(Ready(connection: connection, canRead: connection.wantsToRead))
        }
        return ready
    }

    private func readMail(_ now: ContinuousClock.Instant) {
        for message in mailbox.takeAll() {
            switch message {
            case .answers(let answers):
                for (ticket, text) in answers {
                    // The client may be gone.
                    guard let connection = connections[ticket.connection] else { continue }
                    connection.resolve(ticket.line, text, now: now)
                    afterwards(connection, hasMore: connection.takesLines)
                }
            case .drain:
                isDraining = true
                for connection in connections.values {
                    connection.stop(now: now)
                    afterwards(connection, hasMore: false)
                }
            case .abandon: isAbandoned = true
            }
        }
    }

    private func acceptClients(_ now: ContinuousClock.Instant) {
        for listener in shared.listeners {
            // A few, then the clients that are there get their turn.
            for _ in 0..<16 {
                let (client, failed) = listener.accept()
                if failed { acceptsFrom = now + .milliseconds(100) }
                guard let socket = try? Descriptor(client, "accept a client") else { break }
                guard shared.counters.admitConnection(limit: shared.limits.connections) else {
                    socket.prepare()
                    _ = socket.send(ArraySlice("error busy: \(shared.limits.connections) clients are connected\n".utf8))
                    continue
                }
                nextConnection += 1
                connections[nextConnection] = Connection(
                    socket,
                    number: nextConnection,
                    limits: shared.limits,
                    counters: shared.counters
                )
            }
        }
    }

    private func serve(_ ready: Ready, _ now: ContinuousClock.Instant) {
        guard let connection = ready.connection, !connection.isClosed else { return }
        if ready.canRead { connection.receive(&buffer) }
        connection.settle(now)
        afterwards(connection, hasMore: connection.takesLines)
    }

    /// Serves a few lines of each connection that has some. One for which Kafka has no room ends the round.
    private func takeTurns(_ now: ContinuousClock.Instant) {
        var waiting = turns
        turns = []
        while let number = waiting.first {
            waiting.removeFirst()
            guard let connection = connections[number] else { continue }
            connection.isInTurn = false
            let hasMore = connection.serve(64, now: now) { submit($0, number, $1) }
            afterwards(connection, hasMore: hasMore)
            if connection.held != nil { break }
        }
        turns = waiting + turns
    }

    private func submit(_ value: [UInt8], _ connection: UInt64, _ line: UInt64) -> Connection.Submission {
        do {
            let key = IdentifierSource.text(try identifiers.next())
            let ticket = Ticket(worker: index, connection: connection, line: line, key: key)
            let message = ProducerMessage(topic: shared.topic, key: key, value: value, metadata: ticket)
            switch try shared.producer.input.trySend(message) {
            case .accepted: return .accepted
            case .refused(.closing): return .refused("closing: try again")
            case .refused(.messageLimit), .refused(.byteLimit), .refused(.sendersWaiting): return .full
            }
        } catch {
            if shared.producer.fatalError != nil { shared.stops.ask(.producerFailed) }
            return .refused("not taken: \(error)")
        }
    }

    private func afterwards(_ connection: Connection, hasMore: Bool) {
        if connection.isClosed {
            close(connection)
        } else if hasMore, !connection.isInTurn {
            connection.isInTurn = true
            turns.append(connection.number)
        }
    }

    private func expire(_ now: ContinuousClock.Instant) {
        guard now >= expiresNext else { return }
        expiresNext = now + .milliseconds(100)
        for connection in connections.values {
            connection.expire(now: now)
            afterwards(connection, hasMore: false)
        }
    }

    private func close(_ connection: Connection) {
        if connections.removeValue(forKey: connection.number) != nil { shared.counters.add(\.connections, -1) }
    }
}
