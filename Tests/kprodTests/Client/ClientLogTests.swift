// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization
import Testing

@testable import kprod

/// What the client says about its connections is told once, in whatever words it comes again.
struct ClientLogTests {
    /// Everything that was said, and every reason to end the run.
    private final class Heard: Sendable {
        let lines = Mutex<[String]>([])
        let reasons = Mutex<[ToolError]>([])

        func log(failsFast: Bool = false) -> ClientLog {
            let terminal = Terminal(isTerminal: false, environment: [:]) { text in
                self.lines.withLock { $0.append(text) }
            }
            return ClientLog(terminal, isQuiet: false, isVerbose: false, failsFast: failsFast) { reason in
                self.reasons.withLock { $0.append(reason) }
            }
        }
    }

    private static func entry(
        _ text: String,
        _ code: KafkaError.Code = .tls,
        _ failure: SecurityFailure? = nil,
        isFatal: Bool = false
    ) -> LogEntry {
        LogEntry(
            level: .error,
            facility: "FAIL",
            message: text,
            error: KafkaError(code, text, isFatal: isFatal, securityFailure: failure)
        )
    }

    /// librdkafka has several lines for a broker that hangs up on TLS, as it is noticed at different moments.
    private static let plaintext = [
        entry("ssl://b:1/bootstrap: Disconnected: no TLS", .transport, .brokerSpeaksPlaintext),
        entry(
            "ssl://b:1/bootstrap: SSL handshake failed: Disconnected: PLAINTEXT?: no TLS",
            .tls,
            .brokerSpeaksPlaintext
        ),
        entry("ssl://b:1/bootstrap: SSL handshake failed: unexpected eof: no TLS", .tls, .brokerSpeaksPlaintext),
    ]

    @Test(arguments: [[0, 1, 2], [0, 0, 1], [1, 0, 2, 1, 0], [2, 2, 2]])
    func oneCauseEndsTheRunOnceInWhateverWords(order: [Int]) {
        let heard = Heard()
        let log = heard.log()
        for index in order { log.handle(Self.plaintext[index]) }
        #expect(heard.reasons.withLock { $0.map(\.status) } == [.configuration])
        #expect(heard.lines.withLock { $0 } == [])
    }

    @Test func whatFollowsFromTheEndIsNoOtherReason() {
        let heard = Heard()
        let log = heard.log(failsFast: true)
        log.handle(Self.entry("b:1/bootstrap: Connect failed", .transport))
        log.handle(Self.entry("1/1 brokers are down", .allBrokersDown))
        for entry in Self.plaintext { log.handle(entry) }
        log.handle(Self.entry("out of order", .outOfOrderSequenceNumber, isFatal: true))
        #expect(
            heard.reasons.withLock { $0 }
                == [ToolError(.unavailable, "every broker is down (--fail-fast): b:1/bootstrap: Connect failed")]
        )
    }

    /// A token that could not be had does not end the run; the same broker says it once, by whichever number it goes.
    @Test func oneCauseIsShownOnceForEachBroker() {
        let heard = Heard()
        let log = heard.log()
        for (address, words) in [("b:1/bootstrap", "no token"), ("b:1/1", "still no token"), ("b:2/2", "no token")] {
            log.handle(Self.entry("\(address): \(words)", .transport, .tokenUnavailable))
        }
        #expect(
            heard.lines.withLock { $0 }
                == ["kprod: client: b:1/bootstrap: no token\n", "kprod: client: b:2/2: no token\n"]
        )
        #expect(heard.reasons.withLock { $0 } == [])
    }

    @Test func differentTroubleOfOneBrokerIsShown() {
        let heard = Heard()
        let log = heard.log()
        for text in [
            "b:1/1: Connection refused (after 3ms)", "b:1/1: Timed out", "b:1/1: Connection refused (after 9ms)",
        ] {
            log.handle(Self.entry(text, .transport))
        }
        #expect(
            heard.lines.withLock { $0 }
                == ["kprod: client: b:1/1: Connection refused\n", "kprod: client: b:1/1: Timed out\n"]
        )
    }
}
