// SPDX-License-Identifier: Apache-2.0

/// What the command line says.
struct Options: Sendable {
    /// Nil is a mock cluster in this process.
    var brokers: [String]?
    var spool = "graceful-service.spool"
    var stopWithin = 10

    struct Usage: Error {}

    init(_ arguments: [String]) throws(Usage) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Usage() }
            switch name {
            case "--brokers": brokers = value.split(separator: ",").map(String.init)
            case "--spool": spool = value
            case "--stop-within":
                guard let seconds = Int(value), (4...3600).contains(seconds) else { throw Usage() }
                stopWithin = seconds
            default: throw Usage()
            }
        }
    }

    static let usage =
        "usage: GracefulService [--brokers HOST:PORT,...] [--spool FILE] [--stop-within SECONDS (from 4)]"
}
