// SPDX-License-Identifier: Apache-2.0

internal import RDKafka
internal import Synchronization

/// What librdkafka says about its connections, and what it needs for them.
extension ProducerCore {
    func handleLog(_ level: Int32, _ facility: String, _ line: String) {
        // The error of the connection comes next and holds the same in words.
        let isExplained = facility == "SSLCERTVRFY" && diagnosis.withLock { $0.note(line: line) }
        // A failed connection comes as an error too, with its code.
        let level = isExplained || facility == "FAIL" ? .info : LogEntry.Level(syslog: level)
        log.log(level, facility, line)
    }

    /// Connections come and go; librdkafka retries by itself, and messages keep their own deadline.
    func handleConnectionError(_ code: ResponseCode, _ reason: String) {
        let reason = log.redactor.redact(reason)
        let error = diagnosis.withLock { $0.explain(.init(rawValue: code.rawValue), reason, at: .now) }
        log.log(.warning, "ERROR", error.message, error: error)
    }

    /// The last error of a connection, if it still stands.
    var recentTrouble: KafkaError? { diagnosis.withLock { $0.recentTrouble(at: .now) } }

    /// Says what is known before the first connection: risks, and what of the configuration has no effect.
    func logConfiguration() {
        for warning in configuration.warnings { log.log(.warning, "CONFIG", warning) }
        for note in configuration.notes { log.log(.info, "CONFIG", note) }
    }

    /// librdkafka wants a token for `client`.
    func refreshToken(of client: Client) {
        tokens?.refresh { [weak self, weak client] answer in
            if let self, let client { give(answer, to: client) }
        }
    }

    /// Gives librdkafka the token, or why there is none.
    private func give(_ answer: TokenRefresher.Answer, to client: Client) {
        switch answer {
        case .failure(let reason): client.setTokenFailure(reason)
        case .token(let token):
            log.redactor.add(token: token.value)
            if let reason = client.setToken(token) { client.setTokenFailure("the token cannot be used: \(reason)") }
        }
    }

    /// Gives a new client the token that is still good.
    func giveLastToken(to client: Client) {
        if let token = tokens?.lastToken { give(.token(token), to: client) }
    }
}

extension Client {
    /// Returns what is wrong with the token, or nil when it was taken.
    fileprivate func setToken(_ token: OAuthToken) -> String? {
        let texts = [token.value, token.principal] + token.extensions.flatMap { [$0.key, $0.value] }
        if texts.contains(where: { $0.contains("\0") }) { return "it holds a NUL" }
        // The year 9999: librdkafka counts in microseconds and does not look for an overflow.
        let expiration = min(token.expiration.millisecondsSinceEpoch, 253_402_300_799_000)
        if expiration <= 0 { return "it ended before 1970" }
        return setToken(
            token.value,
            expiration: expiration,
            principal: token.principal,
            extensions: token.extensions.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        )
    }
}
