// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Synchronization
import Testing

/// Whatever answers at the address of a broker: nothing crashes, memory is bounded, errors have their type, log lines are
/// clean, and a close ends in time.
@Suite struct HostileBrokerTests {
    /// What a peer does with a connection.
    struct Hostility: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// A part of the error's or the log's words.
        var hint = ""
        var isDelivered = false
        var failure: SecurityFailure?
        var usesSASL = false
        /// Whether so much of it comes that memory is looked at for it alone.
        var isLarge = false
        let serve: @Sendable (Connection, _ port: Int) -> Void

        init(
            _ name: String,
            hint: String = "",
            isDelivered: Bool = false,
            failure: SecurityFailure? = nil,
            usesSASL: Bool = false,
            isLarge: Bool = false,
            _ serve: @escaping @Sendable (Connection, _ port: Int) -> Void
        ) {
            testDescription = name
            (self.hint, self.isDelivered, self.failure) = (hint, isDelivered, failure)
            (self.usesSASL, self.isLarge, self.serve) = (usesSASL, isLarge, serve)
        }
    }

    private static let escapes = "\u{1B}[31m\u{7}\r\n\u{202E}evil\u{9B}2J\u{0}"

    private static func greet(_ name: String, hint: String = "", failure: SecurityFailure? = nil, _ bytes: [UInt8])
        -> Hostility
    {
        Hostility(name, hint: hint, failure: failure, isLarge: bytes.count > 1_000_000) { connection, _ in
            _ = connection.request()
            connection.write(bytes)
            connection.waitForEnd()
        }
    }

    private static func answer(
        _ name: String,
        to key: Int16,
        hint: String = "",
        isDelivered: Bool = false,
        isLarge: Bool = false,
        _ change: @escaping @Sendable (WireRequest, inout Wire) -> Void
    ) -> Hostility {
        Hostility(name, hint: hint, isDelivered: isDelivered, isLarge: isLarge) { connection, port in
            connection.serve(port: port) { request, answer in
                if request.key == key { change(request, &answer) }
                return true
            }
        }
    }

    private static func wire(_ size: Int32, _ rest: [UInt8] = []) -> [UInt8] {
        var wire = Wire()
        wire.size = size
        wire.bytes = rest
        return wire.frame
    }

    /// A broker without versions aborts the process with librdkafka 2.3 to 2.16 at least (an assertion of rd_malloc).
    private static let mayHaveNoVersions = AsyncProducer.librdkafkaVersion.hasPrefix("2.0.")

    static let hostilities = all.filter { mayHaveNoVersions || $0.testDescription != "no versions" }

    private static let all: [Hostility] = [
        // The same in each run.
        greet("garbage", (0..<65_536).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }),
        greet("zeros", [UInt8](repeating: 0, count: 65_536)),
        greet("2 GiB", hint: "2147483647", wire(.max, [0, 0, 0, 1])),
        greet("a negative length", wire(-1)),
        greet("the longest length and much of it", wire(99_999_999, [UInt8](repeating: 65, count: 60_000_000))),
        greet("HTTP", hint: "web server", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)),
        greet("SSH", hint: "SSH-", Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)),
        greet("a greeting of TLS", failure: .brokerRequiresTLS, [0x16, 3, 3, 0, 5, 2, 0, 0, 1, 0]),
        Hostility("an alert of TLS") { connection, _ in
            _ = connection.request()
            connection.write([0x15, 3, 3, 0, 2, 2, 0x46])
        },
        Hostility("silence") { connection, _ in connection.waitForEnd() },
        Hostility("hangs up at once") { _, _ in },
        Hostility("hangs up at the first request") { connection, _ in _ = connection.request() },
        Hostility("an endless drip") { connection, _ in
            _ = connection.request()
            for byte in wire(1_000_000, [UInt8](repeating: 0, count: 2_000)) {
                guard connection.write([byte]) else { return }
                Thread.sleep(forTimeInterval: 0.01)
            }
        },
        Hostility("a drip that ends", isDelivered: true) { connection, port in
            while let request = connection.request() {
                for byte in Wire(answering: request, port: port).frame where connection.write([byte]) {
                    Thread.sleep(forTimeInterval: 0.001)
                }
            }
        },
        answer("another's answer", to: WireRequest.metadata) { _, answer in answer.bytes[0] ^= 0x55 },
        answer("two billion brokers", to: WireRequest.metadata) { request, answer in
            answer.bytes = []
            answer.add(request.correlation)
            answer.add(Int32.max)
        },
        answer("minus two brokers", to: WireRequest.metadata) { request, answer in
            answer.bytes = []
            answer.add(request.correlation)
            answer.add(Int32(-2))
        },
        answer("a string beyond the end", to: WireRequest.metadata) { _, answer in
            answer.bytes[12] = 0x7F
        },
        answer("a host of escapes", to: WireRequest.metadata) { request, answer in
            answer.bytes = []
            answer.add(request.correlation)
            answer.addMetadata(host: escapes, port: 1, topic: "t")
        },
        answer("a host of megabytes and a port of none", to: WireRequest.metadata) { request, answer in
            answer.bytes = []
            answer.add(request.correlation)
            answer.addMetadata(host: String(repeating: "x", count: 40_000), port: -1, topic: "t")
        },
        answer("twenty megabytes of topics", to: WireRequest.metadata, isLarge: true) { request, answer in
            answer.bytes = []
            answer.add(request.correlation)
            answer.add(Int32(0))
            answer.add(Int32(-1))
            answer.add(Int32(600))
            for number in 0..<600 {
                answer.add(Int16(0))
                answer.add("\(number)" + String(repeating: escapes, count: 2_500))
                answer.bytes.append(0)
                answer.add(Int32(0))
            }
        },
        answer("no versions", to: WireRequest.apiVersions) { request, answer in
            answer.bytes = []
            answer.add(request.correlation)
            answer.add(Int16(0))
            answer.add(Int32(0))
        },
        answer("throttled for ever", to: WireRequest.produce, isDelivered: true) { _, answer in
            answer.bytes.replaceSubrange((answer.bytes.count - 4)..., with: [0x7F, 0xFF, 0xFF, 0xFF])
        },
        answer("an unknown error", to: WireRequest.produce) { _, answer in
            answer.bytes.replaceSubrange(19...20, with: [0x7F, 0xFF])
        },
        Hostility("an error text of escapes", failure: .authenticationFailed, usesSASL: true) { connection, port in
            connection.serve(port: port) { request, answer in
                guard request.key == WireRequest.saslAuthenticate else { return true }
                answer.bytes = []
                answer.add(request.correlation)
                answer.add(Int16(58))
                answer.add(String(repeating: escapes, count: 2_000))
                answer.add(Int32(0))
                return true
            }
        },
    ]

    /// Each has a producer of its own, which mostly waits: at the same time, but for those that are large.
    @Test(.namesCases) func nothingHarmsTheProducer() async {
        let groups = [Self.hostilities.filter { !$0.isLarge }] + Self.hostilities.filter(\.isLarge).map { [$0] }
        for group in groups {
            let memory = PeakMemory()
            await atOnce(group) { try await expectNoHarm(from: $0) }
            if let growth = memory.growth { #expect(growth < 150 << 20, "\(group)") }
        }
    }

    private func expectNoHarm(from hostility: Hostility) async throws {
        let own = Mutex(0)
        let peer = try Peer { connection, _ in hostility.serve(connection, own.withLock { $0 }) }
        defer { peer.stop() }
        own.withLock { $0 = peer.port }
        let entries = Mutex<[LogEntry]>([])
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:\(peer.port)"])
        configuration.delivery.timeout = .seconds(hostility.isDelivered ? 30 : 1)
        configuration.librdkafka["reconnect.backoff.ms"] = "10"
        configuration.librdkafka["reconnect.backoff.max.ms"] = "100"
        configuration.logHandler = { entry in entries.withLock { $0.append(entry) } }
        if hostility.usesSASL { configuration.security = .sasl(.plain(username: "a", password: "b"), tls: nil) }

        let producer = try await AsyncProducer(configuration)
        var outcome = "delivered"
        var failure: SecurityFailure?
        do throws(ProducerError) {
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "v"))
            #expect(hostility.isDelivered)
        } catch {
            #expect(!hostility.isDelivered, "\(error)")
            outcome = error.error.message
            failure = error.error.securityFailure
        }
        let start = ContinuousClock.now
        _ = try? await producer.close(deadline: .milliseconds(100))
        #expect(ContinuousClock.now - start < .seconds(5))
        expectSettled(producer, accepted: 1)

        let lines = entries.withLock { $0 }
        let texts = lines.map(\.message) + [outcome]
        #expect(texts.allSatisfy { $0.unicodeScalars.count <= 1_100 })
        for text in texts {
            #expect(
                !text.unicodeScalars.contains { ["\u{1B}", "\u{7}", "\r", "\n", "\u{202E}", "\u{9B}"].contains($0) }
            )
        }
        #expect(lines.count < 40, "\(lines.map(\.message))")
        #expect(hostility.hint.isEmpty || outcome.contains(hostility.hint), "\(outcome)")
        if let expected = hostility.failure {
            #expect(failure == expected || lines.contains { $0.error?.securityFailure == expected }, "\(outcome)")
        }
    }

    /// Each connection gets one byte more than the one before.
    @Test func aCloseAtEachByteDelaysAndLosesNothing() async throws {
        let own = Mutex(0)
        let cuts = Mutex(0)
        let peer = try Peer { connection, number in
            var left = number
            connection.serve(port: own.withLock { $0 }) { _, answer in
                let frame = answer.frame
                guard left < frame.count else {
                    left -= frame.count
                    return true
                }
                connection.write(Array(frame.prefix(left)))
                answer.isSent = true
                cuts.withLock { $0 += 1 }
                return false
            }
        }
        defer { peer.stop() }
        own.withLock { $0 = peer.port }
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:\(peer.port)"])
        configuration.librdkafka["reconnect.backoff.ms"] = "1"
        configuration.librdkafka["reconnect.backoff.max.ms"] = "2"
        configuration.librdkafka["retry.backoff.ms"] = "1"
        configuration.logHandler = { _ in }
        let producer = try await AsyncProducer(configuration)
        let place = try await producer.deliver(ProducerMessage(topic: "t", value: "v"))
        #expect(place.partition == 0 && place.offset == 7)
        // The handshake has some 150 bytes of answers.
        #expect(cuts.withLock { $0 } > 100)
        try await producer.close()
        expectSettled(producer, accepted: 1)
    }
}

/// How much memory this process takes at most from now on.
struct PeakMemory {
    private let start: Int?

    init() {
        // Linux forgets the peak when it is told to.
        try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
        start = Self.kilobytes("VmRSS:")
    }

    /// In bytes; nil where the system does not tell.
    var growth: Int? {
        if isSanitized { return nil }
        guard let start, let peak = Self.kilobytes("VmHWM:") else { return nil }
        return (peak - start) << 10
    }

    private static func kilobytes(_ name: String) -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) })
        else { return nil }
        return line.split { !$0.isNumber }.first.flatMap { Int($0) }
    }
}
