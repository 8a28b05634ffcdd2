// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaAsyncProducer

@Suite struct ConnectionDiagnosisTests {
    private func diagnosis(
        _ security: AsyncProducer.Configuration.Security = .plaintext,
        scram: String? = nil
    ) -> ConnectionDiagnosis {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["b:1"])
        configuration.security = security
        return ConnectionDiagnosis(configuration, brokenSCRAMVersion: scram)
    }

    /// librdkafka's words for each of these.
    private let refusal =
        "ssl://b:1/bootstrap: SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: "
        + "broker certificate could not be verified, verify that ssl.ca.location is correctly configured"

    private func line(_ number: Int, broker: String = "ssl://b:1/bootstrap", depth: Int = 0) -> String {
        "[thrd:\(broker)]: \(broker): Certificate (subject=/CN=x, issuer=/CN=y) verification callback failed: "
            + "X509 error \(number) at depth \(depth)"
    }

    @Test(arguments: [
        (20, SecurityFailure.untrustedCertificate), (18, .untrustedCertificate), (19, .untrustedCertificate),
        (9, .certificateNotYetValid), (10, .certificateExpired), (23, .certificateRevoked), (62, .wrongHost),
        (64, .wrongHost), (66, .certificateRefused),
    ])
    func theNumberOfOpenSSLIsTheCause(number: Int, failure: SecurityFailure) {
        var diagnosis = diagnosis(.tls())
        let isNoted = diagnosis.note(line: line(number))
        #expect(isNoted)
        let error = diagnosis.explain(.tls, refusal, at: .now)
        #expect(error.securityFailure == failure && error.code == .tls)
        #expect(error.message.contains("X509 error \(number), subject=/CN=x, issuer=/CN=y"))
        #expect(error.message.hasPrefix("ssl://b:1/bootstrap: its certificate "))
    }

    @Test func aRefusalThatIsNoticedLateIsTheSame() {
        var diagnosis = diagnosis(.tls())
        let isNoted = diagnosis.note(line: line(62))
        #expect(isNoted)
        let reason =
            "ssl://b:1/bootstrap: error:0A000086:SSL routines::certificate verify failed (after 13ms in state SSL_HANDSHAKE)"
        let error = diagnosis.explain(.transport, reason, at: .now)
        #expect(error.securityFailure == .wrongHost && error.code == .tls)
    }

    @Test func aCertificateOfAnotherBrokerIsNoCause() {
        var diagnosis = diagnosis(.tls())
        let isOther = diagnosis.note(line: line(10, broker: "ssl://c:1/2"))
        #expect(isOther)
        let unexplained = diagnosis.explain(.tls, refusal, at: .now)
        #expect(unexplained.securityFailure == nil)
        let isAuthority = diagnosis.note(line: line(10, depth: 1))
        #expect(isAuthority)
        let explained = diagnosis.explain(.tls, refusal, at: .now)
        #expect(explained.message.contains("of an authority"))
    }

    /// A certificate may have any name.
    @Test(arguments: [
        "", "]: ", ": Certificate (", ") verification callback failed: X509 error ", "X509 error 1 at depth 2",
        "[thrd:x]: x: Certificate (a) verification callback failed: X509 error 99999999999999999999 at depth 0",
        "[thrd:x]: ) verification callback failed: X509 error 1 at depth 0: Certificate (",
    ])
    func otherLinesAreLeftAlone(line: String) {
        var diagnosis = diagnosis(.tls())
        let isNoted = diagnosis.note(line: line)
        #expect(!isNoted)
    }

    @Test func namesInACertificateCannotForgeTheCause() {
        var diagnosis = diagnosis(.tls())
        let forged = ") verification callback failed: X509 error 10 at depth 0"
        let isNoted = diagnosis.note(line: line(20).replacing("/CN=x", with: "/CN=x\(forged)"))
        #expect(isNoted)
        let error = diagnosis.explain(.tls, refusal, at: .now)
        #expect(error.securityFailure == .untrustedCertificate)
    }

    @Test func adviceStandsBeforeWhatLibrdkafkaAdds() {
        var diagnosis = diagnosis()
        let reason =
            "b:1/bootstrap: Disconnected while requesting ApiVersion: might be caused by incorrect "
            + "security.protocol configuration (connecting to a SSL listener?) (after 3ms in state APIVERSION_QUERY)"
        let error = diagnosis.explain(.transport, reason, at: .now)
        #expect(error.securityFailure == .brokerRequiresTLS)
        #expect(error.message.hasSuffix("or sasl_ssl) (after 3ms in state APIVERSION_QUERY)"))
    }

    /// What librdkafka said of one and the same listener, at different times.
    @Test(arguments: [
        "ssl://b:1/1: SSL handshake failed: error:0A000126:SSL routines::unexpected eof while reading (after 3ms in "
            + "state SSL_HANDSHAKE)",
        "ssl://b:1/1: error:0A000126:SSL routines::unexpected eof while reading (after 5ms in state SSL_HANDSHAKE)",
        "ssl://b:1/1: SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker listener?",
        "ssl://b:1/1: Receive failed: Connection reset by peer (after 2ms in state SSL_HANDSHAKE)",
    ])
    func aListenerThatHangsUpInTheHandshakeSpeaksPlaintext(reason: String) {
        var diagnosis = diagnosis(.tls())
        for code in [KafkaError.Code.tls, .transport] {
            let error = diagnosis.explain(code, reason, at: .now)
            #expect(error.securityFailure == .brokerSpeaksPlaintext && error.message.contains("security.tls"))
        }
        let later = diagnosis.explain(.transport, "ssl://b:1/1: Disconnected (after 90ms in state UP)", at: .now)
        #expect(later.securityFailure == nil)
    }

    @Test func whoHasNoCertificateIsToldThatOneIsWanted() {
        let identity = AsyncProducer.Configuration.Security.TLS.Identity.pem(certificate: .file("c"), key: .file("k"))
        let reason = "ssl://b:1/1: ssl/tls alert bad certificate"
        var without = diagnosis(.tls())
        let required = without.explain(.transport, reason, at: .now)
        #expect(required.securityFailure == .clientCertificateRequired)
        var with = diagnosis(.tls(.init(authorities: nil, identity: identity)))
        let refused = with.explain(.transport, reason, at: .now)
        #expect(refused.securityFailure == .clientCertificateRefused)
    }

    @Test func scramIsExplainedWhereItIsBroken() {
        let sasl = AsyncProducer.Configuration.Security.SASL.scramSHA256(username: "a", password: "b")
        var broken = diagnosis(.sasl(sasl), scram: "2.0.2")
        let explained = broken.explain(.authentication, "b: no", at: .now)
        #expect(explained.message.contains("SCRAM of librdkafka 2.0.2"))
        var whole = diagnosis(.sasl(sasl))
        let plain = whole.explain(.authentication, "b: no", at: .now)
        #expect(!plain.message.contains("librdkafka"))
        #expect(plain.securityFailure == .authenticationFailed)
    }

    @Test(arguments: [
        ("1213486160", "web server", nil), ("1397966893", "\"SSH-\"", nil),
        ("352518912", "security.tls", SecurityFailure.brokerRequiresTLS),
        ("369295360", "security.tls", .brokerRequiresTLS),
    ])
    func whoAnswersInAnotherProtocolIsNamed(size: String, hint: String, failure: SecurityFailure?) {
        var diagnosis = diagnosis()
        let reason = "b:1/bootstrap: Receive failed: Invalid response size \(size) (0..100000000): increase it"
        let error = diagnosis.explain(.transport, reason, at: .now)
        #expect(error.message.contains(hint) && error.securityFailure == failure)
    }

    @Test(arguments: ["0", "-1", "2147483647", "99999999999", "x", ""])
    func otherLengthsAreLeftAlone(size: String) {
        var diagnosis = diagnosis()
        let reason = "b:1/bootstrap: Receive failed: Invalid response size \(size)"
        #expect(diagnosis.explain(.transport, reason, at: .now).message == reason)
    }

    @Test func troubleIsRememberedForAWhile() {
        var diagnosis = diagnosis()
        let start = ContinuousClock.now
        #expect(diagnosis.recentTrouble(at: start) == nil)
        _ = diagnosis.explain(.transport, "b: Connect failed", at: start)
        _ = diagnosis.explain(.allBrokersDown, "1/1 brokers are down", at: start)
        #expect(diagnosis.recentTrouble(at: start + .seconds(44))?.code == .transport)
        #expect(diagnosis.recentTrouble(at: start + .seconds(45)) == nil)
    }

    /// Some attempts at a listener that refuses end with a mere broken pipe.
    @Test func aReasonIsNotForgottenForABrokenPipe() {
        var diagnosis = diagnosis()
        let start = ContinuousClock.now
        let refused = "b: Disconnected: broker might require SASL authentication (after 3ms in state UP)"
        let broken = "b: Send failed: Broken pipe (after 0ms in state UP)"
        _ = diagnosis.explain(.transport, refused, at: start)
        let error = diagnosis.explain(.transport, broken, at: start + .seconds(9))
        #expect(error.securityFailure == nil)
        #expect(diagnosis.recentTrouble(at: start + .seconds(9))?.securityFailure == .brokerRequiresSASL)
        // The listener was mended, and something else is wrong.
        _ = diagnosis.explain(.transport, broken, at: start + .seconds(10))
        #expect(diagnosis.recentTrouble(at: start + .seconds(10))?.securityFailure == nil)
    }

    /// Librdkafka guesses at SASL wherever a broker hangs up.
    @Test func aBrokerThatWentAwayWantsNoSASL() {
        var diagnosis = diagnosis()
        func guess(_ milliseconds: Int, _ more: String = "") -> String {
            "b:1/1: Disconnected: verify that security.protocol is correctly configured, broker might require SASL "
                + "authentication (after \(milliseconds)ms in state UP\(more))"
        }
        let start = ContinuousClock.now
        let first = diagnosis.explain(.transport, guess(3, ", 1 identical error(s) suppressed"), at: start)
        #expect(first.securityFailure == .brokerRequiresSASL)
        let away = diagnosis.explain(.transport, guess(2_808), at: start)
        #expect(away.securityFailure == nil && away.message == "b:1/1: Disconnected (after 2808ms in state UP)")
        // It let us in before.
        let again = diagnosis.explain(.transport, guess(3), at: start)
        #expect(again.securityFailure == nil && !again.message.contains("SASL"))
    }

    @Test func anAttemptThatFindsNobodyIsTheNewestCause() {
        var diagnosis = diagnosis()
        let start = ContinuousClock.now
        let guess = "b:1/bootstrap: Disconnected: broker might require SASL authentication (after 3ms in state UP)"
        for (code, reason) in [
            (
                KafkaError.Code.transport,
                "b:1/1: Connect to ipv4#10.0.0.1:1 failed: Connection refused (after 0ms in state CONNECT)"
            ),
            (.resolve, "b:1/1: Failed to resolve 'b:1': Name or service not known (after 1ms in state CONNECT)"),
        ] {
            _ = diagnosis.explain(.transport, guess, at: start)
            #expect(diagnosis.recentTrouble(at: start)?.securityFailure == .brokerRequiresSASL)
            _ = diagnosis.explain(code, reason, at: start + .seconds(1))
            #expect(diagnosis.recentTrouble(at: start + .seconds(1))?.message == reason)
        }
    }

    /// One of three is down: that is not why the others let nobody in.
    @Test func theCauseOfOneBrokerIsNotHiddenByAnother() {
        var diagnosis = diagnosis(.tls())
        let start = ContinuousClock.now
        let isNoted = diagnosis.note(line: line(62))
        #expect(isNoted)
        _ = diagnosis.explain(.tls, refusal, at: start)
        let down = "ssl://c:1/2: Connect to ipv4#10.0.0.1:1 failed: Connection refused (after 0ms in state CONNECT)"
        _ = diagnosis.explain(.transport, down, at: start + .seconds(1))
        #expect(diagnosis.recentTrouble(at: start + .seconds(2))?.securityFailure == .wrongHost)
        #expect(diagnosis.recentTrouble(at: start + .seconds(11))?.message == down)
    }

    @Test func textFromBrokersIsOneHarmlessLine() {
        var diagnosis = diagnosis(.sasl(.plain(username: "a", password: "b")))
        let error = diagnosis.explain(.authentication, "b: no\u{1B}[31m\nno\u{202E}", at: .now)
        #expect(!error.message.unicodeScalars.contains { ["\u{1B}", "\n", "\u{202E}"].contains($0) })
    }
}
