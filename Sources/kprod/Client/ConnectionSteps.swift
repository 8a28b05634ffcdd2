// SPDX-License-Identifier: Apache-2.0

/// How far a connection has come, as the client's own log tells (its debug context `broker`). Pure.
///
/// What the client does is what counts: another program's attempt could end elsewhere.
struct ConnectionSteps: Equatable, Sendable {
    enum Step: String, Comparable, CaseIterable, Sendable {
        case resolve, connect, tls, sasl, metadata

        static func < (left: Step, right: Step) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// Those that this connection has to take.
    let steps: [Step]
    private(set) var done: Set<Step> = []
    /// The address that was tried last.
    private(set) var address: String?
    /// How often the connection has come to an end.
    private(set) var failures = 0

    init(usesTLS: Bool, usesSASL: Bool) {
        steps = Step.allCases.filter { ($0 != .tls || usesTLS) && ($0 != .sasl || usesSASL) }
    }

    /// The first that was not done; nil when all are.
    var stoppedAt: Step? { steps.first { !done.contains($0) } }

    /// Takes a line of the log.
    mutating func observe(_ line: String) {
        // Only the connection to the address that was given; those to other brokers come after it.
        guard let end = line.firstRange(of: "/bootstrap: ") else { return }
        let text = line[end.upperBound...]
        if let address = text.wordAfter("Connecting to ") {
            self.address = String(address.split(separator: "#", maxSplits: 1).last ?? address)
            done.insert(.resolve)
        } else if text.hasPrefix("Connected to ") {
            done.insert(.connect)
        } else if let from = text.wordAfter("Broker changed state "), let to = text.wordAfter("-> ") {
            changed(from: from, to: to)
        }
    }

    mutating func answered() { done = Set(steps) }

    private mutating func changed(from: Substring, to: Substring) {
        if to == "DOWN" {
            failures += 1
            return
        }
        if from == "SSL_HANDSHAKE" { done.insert(.tls) }
        if from.hasPrefix("AUTH"), !to.hasPrefix("AUTH") { done.insert(.sasl) }
    }
}

extension Substring {
    fileprivate func wordAfter(_ prefix: String) -> Substring? {
        guard let found = firstRange(of: prefix) else { return nil }
        return self[found.upperBound...].prefix { !$0.isWhitespace }
    }
}
