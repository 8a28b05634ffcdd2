// SPDX-License-Identifier: Apache-2.0

/// Makes errors of connections out of librdkafka's words for them: what failed, and what to do. Pure.
struct ConnectionDiagnosis {
    /// librdkafka says the same again after 30 s, and waits for up to 10 s before it connects again.
    private static let memory = Duration.seconds(45)

    private let sasl: String?
    private let hasIdentity: Bool
    /// As in `2.0.2`, when its SCRAM does not work with Kafka 4.
    private let brokenSCRAMVersion: String?
    /// By librdkafka's name of the broker.
    private var refused: [String: RefusedCertificate] = [:]
    /// What each broker's last attempt said, by its address.
    private var troubles: [String: Trouble] = [:]
    /// Whether a connection without SASL was of use for a while: then no broker wants it.
    private var worksWithoutSASL = false

    private struct Trouble {
        let error: KafkaError
        let time: ContinuousClock.Instant
        /// Whether there was a connection at all.
        let isConnected: Bool
    }

    /// - Parameter brokenSCRAMVersion: Librdkafka's, if it is older than 2.6.1.
    init(_ configuration: AsyncProducer.Configuration, brokenSCRAMVersion: String?) {
        let properties = Dictionary(
            configuration.librdkafkaProperties.map { (PropertyName.canonical($0.name), $0.value) }
        ) { $1 }
        let security = properties["security.protocol"]?.lowercased() ?? ""
        sasl = security.hasPrefix("sasl") ? properties["sasl.mechanism"]?.uppercased() ?? "GSSAPI" : nil
        hasIdentity = properties.keys.contains { $0.hasPrefix("ssl.certificate.") || $0 == "ssl.keystore.location" }
        self.brokenSCRAMVersion = brokenSCRAMVersion
    }

    /// Remembers a refused certificate; false when the line is about something else.
    mutating func note(line: String) -> Bool {
        guard let certificate = RefusedCertificate(line: line) else { return false }
        if refused.count > 1_000 { refused = [:] }
        refused[certificate.broker] = certificate
        return true
    }

    /// The error of a connection in words.
    mutating func explain(_ code: KafkaError.Code, _ reason: String, at now: ContinuousClock.Instant) -> KafkaError {
        if let time = Self.timeUp(reason), time >= Self.patienceOfSASL { worksWithoutSASL = true }
        let error = explained(code, reason)
        let isConnected = code != .resolve && !reason.contains("in state CONNECT") && !reason.contains("Connect to ")
        let trouble = Trouble(error: error, time: now, isConnected: isConnected)
        let broker = Self.broker(in: reason)
        if !saysLess(trouble, of: broker) {
            if troubles.count > 1_000 { troubles = [:] }
            troubles[broker] = trouble
        }
        return error
    }

    /// Whether the last trouble tells more. That all brokers are down says less than why one is. And of a listener that
    /// refuses for one reason, some attempts end with a mere broken pipe: the next with the reason is 10 s away at most.
    /// An attempt that found nobody there is about something else.
    private func saysLess(_ trouble: Trouble, of broker: String) -> Bool {
        if trouble.error.code == .allBrokersDown { return recentTrouble(at: trouble.time) != nil }
        guard let last = troubles[broker] else { return false }
        return trouble.isConnected && trouble.error.securityFailure == nil && last.error.securityFailure != nil
            && trouble.time - last.time < .seconds(10)
    }

    /// The last error, unless the connection must have come up since; one that names a cause before those of other
    /// brokers that do not.
    func recentTrouble(at now: ContinuousClock.Instant) -> KafkaError? {
        let recent = troubles.values.filter { now - $0.time < Self.memory }
        let causes = recent.filter { $0.error.securityFailure != nil && now - $0.time < .seconds(10) }
        return (causes.isEmpty ? recent : causes).max { $0.time < $1.time }?.error
    }

    /// The last error whenever it was, and for how long that is over.
    func lastTrouble(at now: ContinuousClock.Instant) -> AsyncProducer.Health.Trouble? {
        let last = troubles.values.max { $0.time < $1.time }
        return last.map { AsyncProducer.Health.Trouble(error: $0.error, age: now - $0.time) }
    }

    /// `b1:9092` of `ssl://b1:9092/bootstrap: …`; empty where no broker is named.
    private static func broker(in reason: String) -> String {
        guard let colon = reason.firstRange(of: ": ") else { return "" }
        let name = reason[..<colon.lowerBound]
        let start = name.firstRange(of: "://")?.upperBound ?? name.startIndex
        let end = name.lastIndex(of: "/").flatMap { $0 > start ? $0 : nil } ?? name.endIndex
        return name[start..<end].contains(" ") ? "" : String(name[start..<end])
    }

    /// A broker that wants SASL hangs up at the first request without it.
    private static let patienceOfSASL = 1_000

    /// The milliseconds of `(after 2808ms in state UP)`.
    private static func timeUp(_ reason: String) -> Int? {
        guard let end = reason.ranges(of: "ms in state UP").last,
            let start = reason[..<end.lowerBound].ranges(of: "(after ").last
        else { return nil }
        return Int(reason[start.upperBound..<end.lowerBound])
    }

    private func explained(_ code: KafkaError.Code, _ reason: String) -> KafkaError {
        // Where librdkafka notices it late, it calls it a broken connection.
        if code == .tls || code == .transport, let certificate = refusedCertificate(reason) {
            let text = "\(certificate.broker): \(certificate.text)"
            return KafkaError(.tls, printable(text, limit: 1_000), securityFailure: certificate.failure)
        }
        if let start = Self.firstBytes(reason), let stranger = Self.stranger(start) {
            let text = printable("\(reason) (\(stranger.text))", limit: 1_000)
            return KafkaError(code, text, securityFailure: stranger.failure)
        }
        guard let (failure, advice) = diagnose(code, reason) else {
            // Librdkafka guesses at SASL wherever a broker hangs up, also one that goes away.
            let guess =
                ": verify that security.protocol is correctly configured, broker might require SASL authentication"
            return KafkaError(code, printable(reason.replacing(guess, with: ""), limit: 1_000))
        }
        // What librdkafka adds at the end, such as "(after 3ms in state CONNECT)", is for those who read on.
        let end = reason.ranges(of: " (after ").last?.lowerBound ?? reason.endIndex
        let text = "\(reason[..<end]): \(advice)\(reason[end...])"
        return KafkaError(code, printable(text, limit: 1_000), securityFailure: failure)
    }

    /// The beginning of an answer that is none of Kafka's, which librdkafka reads as a length.
    private static func firstBytes(_ reason: String) -> [UInt8]? {
        guard let start = reason.firstRange(of: "Invalid response size "),
            let size = Int32(reason[start.upperBound...].prefix { $0.isASCII && ($0.isNumber || $0 == "-") })
        else { return nil }
        return stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: size >> Int32($0)) }
    }

    /// Who answers so, if that is known.
    private static func stranger(_ start: [UInt8]) -> (text: String, failure: SecurityFailure?)? {
        // An alert or a handshake of TLS 1.x.
        if [0x15, 0x16].contains(start[0]), start[1] == 3, start[2] <= 4 {
            let advice = "the listener speaks TLS: set security.tls (security.protocol=ssl or sasl_ssl)"
            return (advice, .brokerRequiresTLS)
        }
        guard start.allSatisfy({ 32...126 ~= $0 }) else { return nil }
        let word = String(decoding: start, as: UTF8.self)
        let who = word == "HTTP" ? "a web server answers" : "something answers"
        return ("\"\(word)\": \(who) at that address, not Kafka", nil)
    }

    private func refusedCertificate(_ reason: String) -> RefusedCertificate? {
        guard reason.contains("certificate verify failed") || reason.contains("Failed to verify broker certificate"),
            let end = reason.firstRange(of: ": ", after: "://")
        else { return nil }
        return refused[String(reason[..<end.lowerBound])]
    }

    private func diagnose(_ code: KafkaError.Code, _ reason: String) -> (SecurityFailure, String)? {
        func says(_ words: String...) -> Bool { words.contains { reason.contains($0) } }
        if code == .authentication { return diagnoseAuthentication(says) }
        if says("connecting to a SSL listener?") {
            return (
                .brokerRequiresTLS, "if the listener speaks TLS, set security.tls (security.protocol=ssl or sasl_ssl)"
            )
        }
        if says("broker might require SASL"), !worksWithoutSASL {
            return (.brokerRequiresSASL, "if the listener wants SASL, set security.sasl (security.protocol=sasl_…)")
        }
        if says("no token available") {
            return (.tokenUnavailable, "the token closure has given none yet")
        }
        guard code == .tls || code == .transport else { return nil }
        // A broker that cannot read the greeting of TLS hangs up; where that is noticed differs from time to time.
        if says("connecting to a PLAINTEXT broker listener?", "wrong version number", "packet length too long")
            || (says("SSL handshake failed", "in state SSL_HANDSHAKE")
                && says("unexpected eof", "Disconnected", "Connection reset", "Broken pipe"))
        {
            return (
                .brokerSpeaksPlaintext,
                "if the listener does not speak TLS, use its TLS port, or set security.tls = nil"
            )
        }
        if says("certificate required", "client SSL authentication might be required")
            || (!hasIdentity && says("alert bad certificate", "alert handshake failure"))
        {
            return (
                .clientCertificateRequired,
                "the broker wants a client certificate: set security.tls.identity (ssl.certificate.location, ssl.key.location)"
            )
        }
        if says("alert bad certificate", "alert unknown ca", "alert certificate", "alert unsupported certificate") {
            return (
                .clientCertificateRefused,
                "the broker refuses the client certificate: renew it, or add its authority to the broker's trust store"
            )
        }
        if says("alert handshake failure", "alert protocol version", "no protocols available", "unsupported protocol") {
            return (.noCommonCipher, "broker and client have no version or cipher of TLS in common")
        }
        return nil
    }

    private func diagnoseAuthentication(_ says: (String...) -> Bool) -> (SecurityFailure, String) {
        if says("Failed to acquire SASL OAUTHBEARER token") {
            return (.tokenUnavailable, "the token closure is asked again in 10 s")
        }
        let mechanism = sasl ?? "SASL"
        if says("nsupported SASL mechanism", "mechanism handshake failed", "not supported by broker") {
            return (
                .mechanismNotEnabled,
                "the listener does not offer \(mechanism): choose one of its sasl.enabled.mechanisms"
            )
        }
        var advice =
            mechanism == "OAUTHBEARER" ? "check the token" : "check name, password and mechanism (\(mechanism))"
        if let brokenSCRAMVersion, mechanism.hasPrefix("SCRAM") {
            advice += "; SCRAM of librdkafka \(brokenSCRAMVersion) never passes at Kafka 4 (it does from 2.6.1 on): "
            advice += "there use PLAIN over TLS, OAUTHBEARER or a client certificate"
        }
        return (.authenticationFailed, advice)
    }
}

extension String {
    /// The first place of `text` behind `start`.
    fileprivate func firstRange(of text: String, after start: String) -> Range<Index>? {
        guard let start = firstRange(of: start) else { return nil }
        return self[start.upperBound...].firstRange(of: text)
    }
}
