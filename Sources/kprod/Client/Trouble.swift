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

    /// `broker-1`, or the address of one whose number is not known; librdkafka begins its lines with `HOST:PORT/ID: `.
    var broker: String? {
        guard let colon = text.firstRange(of: ": "), let slash = text[..<colon.lowerBound].lastIndex(of: "/") else {
            return nil
        }
        let id = text[text.index(after: slash)..<colon.lowerBound]
        return Int(id) == nil ? String(text[..<slash]) : "broker-\(id)"
    }
}
