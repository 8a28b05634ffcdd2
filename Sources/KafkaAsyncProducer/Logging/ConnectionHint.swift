// SPDX-License-Identifier: Apache-2.0

/// What librdkafka's words about a connection mean, where they do not say it themselves.
enum ConnectionHint {
    /// The line with its explanation, if there is one.
    static func explain(_ line: String) -> String {
        // Four bytes of text, read as the length of a Kafka answer.
        if line.contains("Invalid response size 1213486160") {
            return "\(line) (\"HTTP\": a web server answers at that address, not Kafka)"
        }
        return line
    }
}
