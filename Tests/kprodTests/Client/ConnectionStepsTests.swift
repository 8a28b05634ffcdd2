// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import kprod

@Suite struct ConnectionStepsTests {
    private func steps(_ lines: [String], tls: Bool = false, sasl: Bool = false) -> ConnectionSteps {
        var steps = ConnectionSteps(usesTLS: tls, usesSASL: sasl)
        for line in lines { steps.observe("[thrd:x]: sasl_ssl://kafka:9092/bootstrap: \(line)") }
        return steps
    }

    private static let connected = [
        "Connecting to ipv4#10.0.0.7:9092 (ssl) with socket 11", "Connected to ipv4#10.0.0.7:9092",
    ]

    @Test func onlyTheStepsThatAreNeeded() {
        #expect(steps([]).steps == [.resolve, .connect, .metadata])
        #expect(steps([], tls: true, sasl: true).steps == [.resolve, .connect, .tls, .sasl, .metadata])
        #expect(steps([]).stoppedAt == .resolve)
    }

    @Test func eachStateIsAStep() {
        #expect(steps([Self.connected[0]]).stoppedAt == .connect)
        #expect(steps([Self.connected[0]]).address == "10.0.0.7:9092")
        #expect(steps(Self.connected, tls: true).stoppedAt == .tls)
        let handshake = Self.connected + ["Broker changed state SSL_HANDSHAKE -> APIVERSION_QUERY"]
        #expect(steps(handshake, tls: true).stoppedAt == .metadata)
        #expect(steps(handshake, tls: true, sasl: true).stoppedAt == .sasl)
        let asked = handshake + ["Broker changed state AUTH_HANDSHAKE -> AUTH_REQ"]
        #expect(steps(asked, tls: true, sasl: true).stoppedAt == .sasl)
        #expect(steps(asked + ["Broker changed state AUTH_REQ -> UP"], tls: true, sasl: true).stoppedAt == .metadata)
    }

    @Test func aConnectionThatEndsIsAFailureAndNoStep() {
        let refused = steps(Self.connected + ["Broker changed state SSL_HANDSHAKE -> DOWN"], tls: true)
        #expect(refused.stoppedAt == .tls && refused.failures == 1)
        let denied = steps(Self.connected + ["Broker changed state AUTH_REQ -> DOWN"], sasl: true)
        #expect(denied.stoppedAt == .sasl)
    }

    @Test func otherBrokersDoNotCount() {
        var steps = ConnectionSteps(usesTLS: false, usesSASL: false)
        steps.observe("[thrd:x]: kafka:9092/2: Connected to ipv4#10.0.0.7:9092")
        #expect(steps.stoppedAt == .resolve && steps.done.isEmpty)
    }
}

@Suite struct PeerCertificateTests {
    @Test func whatOpensslPrintsIsRead() throws {
        let text = "subject=CN=kafka-1,O=Example\nissuer=CN=ca\nnotAfter=Jan  2 03:04:05 2027 GMT\n"
        let peer = try #require(PeerCertificate.parse(text))
        #expect(peer.subject == "CN=kafka-1,O=Example" && peer.issuer == "CN=ca")
        let day = 86_400.0
        let expected = "CN=kafka-1,O=Example, issued by CN=ca, expires 2027-01-02 "
        #expect(peer.text(at: peer.expiry - 40 * day) == expected + "(in 40 days)")
        #expect(peer.text(at: peer.expiry - 3 * day) == expected + "(in 3 days: RENEW IT)")
        #expect(peer.text(at: peer.expiry + 2 * day) == expected + "(EXPIRED 2 days ago)")
        #expect(PeerCertificate.parse("nothing") == nil)
        #expect(PeerCertificate.parse("subject=a\nissuer=b\nnotAfter=soon\n") == nil)
    }

    @Test func nobodyThereIsNoCertificate() async {
        #expect(await PeerCertificate.fetch(from: "127.0.0.1:1", timeout: .seconds(5)) == nil)
    }
}
