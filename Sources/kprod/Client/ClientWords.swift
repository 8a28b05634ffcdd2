// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The library's words in those of the command line: it speaks to programs, of properties in Swift.
enum ClientWords {
    /// Whole pieces of advice.
    private static let phrases = [
        ("set security.tls = nil", "leave TLS out with -X security.protocol=plaintext"),
        ("set security.tls (security.protocol=ssl or sasl_ssl)", "add -X security.protocol=ssl, or sasl_ssl"),
        ("set security.sasl (security.protocol=sasl_…)", "add -X security.protocol=sasl_ssl, or sasl_plaintext"),
        ("use TLS (security.tls, security.protocol=sasl_ssl)", "use TLS with -X security.protocol=sasl_ssl"),
        ("set idempotence = false", "add -X enable.idempotence=false"),
        ("delivery.acks = .all", "-X acks=all"),
        ("set security.sasl = .oauthBearer { … }", "kprod has none, use another mechanism"),
        ("the token closure has given none yet", "there is no token"),
    ]
    /// Properties that go by another name here.
    private static let names = [
        ("delivery.idempotence", "-X enable.idempotence"), ("delivery.timeout", "--delivery-timeout"),
        ("delivery.maximumMessageBytes", "-X message.max.bytes"), ("batching.linger", "--linger"),
        ("batching.maximumBytes", "-X batch.size"), ("batching.maximumMessages", "-X batch.num.messages"),
    ]

    static func ofCommand(_ text: String) -> String {
        var text = text
        for (theirs, ours) in phrases { text = text.replacing(theirs, with: ours) }
        // As in "security.tls.authorities (ssl.ca.location)".
        text = text.replacing(/(set )?security(\.[A-Za-z]+)+ \(([a-z0-9_., ]+)\)/) { match in
            "\(match.1 ?? "")-X \(match.3.replacing(", ", with: " and -X "))"
        }
        for (theirs, ours) in names { text = text.replacing(theirs, with: ours) }
        return withValues(text)
    }

    /// What a property can be, in place of librdkafka's second sentence about what it cannot be.
    private static func withValues(_ text: String) -> String {
        guard let match = text.firstMatch(of: /"([a-z0-9._]+)" cannot be "[^"]*"(: Invalid value .*)$/) else {
            return text
        }
        let property = AsyncProducer.Configuration.knownProperties.first { $0.name == match.1 }
        guard let range = property?.range, range.contains(", ") else { return text }
        return text[..<match.2.startIndex] + "; it is one of \(range)"
    }
}
