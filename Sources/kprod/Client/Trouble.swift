// SPDX-License-Identifier: Apache-2.0

/// Why a connection failed, and when that was heard of.
struct Trouble: Equatable, Sendable {
    /// In full, as the client put it.
    let text: String
    let time: ContinuousClock.Instant

    init(_ text: String, at time: ContinuousClock.Instant) {
        self.text = text
        self.time = time
    }

    /// `broker-1`, or the address of one whose number is not known.
    var broker: String? { parts.map { Int($0.id) == nil ? String($0.address) : "broker-\($0.id)" } }

    /// Where the broker is, by whatever number it was called.
    var address: String? { parts.map { String($0.address) } }

    /// librdkafka begins its lines with `HOST:PORT/ID: `.
    private var parts: (address: Substring, id: Substring)? {
        guard let colon = text.firstRange(of: ": "), let slash = text[..<colon.lowerBound].lastIndex(of: "/") else {
            return nil
        }
        return (text[..<slash], text[text.index(after: slash)..<colon.lowerBound])
    }
}
