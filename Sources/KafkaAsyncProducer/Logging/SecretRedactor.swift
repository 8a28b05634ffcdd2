// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Takes the secrets of a configuration out of texts: librdkafka marks fewer as such than it should, and what a broker
/// writes into its answers is its own affair.
final class SecretRedactor: Sendable {
    /// Shorter ones are words that stand in harmless places too: blanking those would give the secret away.
    private static let shortest = 6

    private struct State {
        var secrets: Set<String> = []
        var tokens: [String] = []
    }

    private let state = Mutex(State())

    init(_ configuration: AsyncProducer.Configuration) {
        var secrets: Set<String> = []
        for property in configuration.librdkafkaProperties
        where PropertyName.isSecret(property.name) && !property.name.hasSuffix("username") {
            // Of keys and certificates, every line of the text.
            for line in property.value.split(whereSeparator: \.isNewline)
            where line.utf8.count >= Self.shortest && !line.hasPrefix("-----") {
                secrets.insert(String(line))
            }
        }
        state.withLock { [secrets] in $0.secrets = secrets }
    }

    /// From now on this is a secret as well, until more tokens have come than can be in use at once.
    func add(token: String) {
        guard token.utf8.count >= Self.shortest else { return }
        state.withLock { state in state.tokens = state.tokens.suffix(3) + [token] }
    }

    func redact(_ text: String) -> String {
        let secrets = state.withLock { Array($0.secrets) + $0.tokens }
        var text = text
        // Longer ones first: one may hold another.
        for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) where text.contains(secret) {
            text = text.replacing(secret, with: "[redacted]")
        }
        return text
    }
}
