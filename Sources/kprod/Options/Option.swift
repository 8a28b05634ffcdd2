// SPDX-License-Identifier: Apache-2.0

/// One option of the command line; the tables of these are the only place where an option is spelt.
struct Option: Sendable {
    /// What the option is for; commands ask for values by it.
    enum Name: Sendable {
        case brokers, topic, keyDelimiter, property, drainTimeout, waitBroker, quiet, count, size, mockBrokers
        case mockTopic, help
    }

    let name: Name
    let short: Character?
    let long: String
    /// The placeholder of the argument in the help, or nil for a switch.
    let argument: String?
    let help: String

    init(_ name: Name, _ short: Character?, _ long: String, _ argument: String? = nil, help: String) {
        self.name = name
        self.short = short
        self.long = long
        self.argument = argument
        self.help = help
    }

    /// How the option is called in an error message.
    var spelling: String { short.map { "-\($0)/--\(long)" } ?? "--\(long)" }
}

extension Option {
    // Options that more than one command has.
    static let help = Option(.help, "h", "help", help: "Show this page.")
    static let quiet = Option(
        .quiet,
        "q",
        "quiet",
        help: "Only errors on stderr; the account line too, unless everything was delivered."
    )
    static let drainTimeout = Option(
        .drainTimeout,
        nil,
        "drain-timeout",
        "TIME",
        help: "After a signal, wait this long for records on their way (default 10s). When given, the end of the input "
            + "is bound by it too; otherwise message.timeout.ms is the limit there."
    )
}
