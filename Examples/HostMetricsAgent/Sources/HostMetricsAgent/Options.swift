// SPDX-License-Identifier: Apache-2.0

/// What the command line asks for.
struct Options: Equatable {
    enum Action: Equatable {
        case run
        /// Looks at the heartbeat of an agent that runs.
        case check
    }

    var action = Action.run
    /// Nil is what the file says and, where it says nothing, a mock cluster in this process.
    var brokers: [String]?
    var settings: String?
    var host: String?
    var pidFile: String?
    var heartbeat: String?
    /// How long the end may take.
    var drain = Duration.seconds(10)

    static let usage = """
        usage: HostMetricsAgent [--brokers HOST:PORT,...] [--config FILE] [--host NAME] [--pid-file FILE]
                                [--heartbeat FILE] [--drain SECONDS]
               HostMetricsAgent check --heartbeat FILE
        """

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var words = arguments.makeIterator()
        while let name = words.next() {
            if name == "check" {
                action = .check
                continue
            }
            guard let value = words.next() else { throw UsageError("\(name) needs a value\n\(Self.usage)") }
            switch name {
            case "--brokers": brokers = value.split(separator: ",").map(String.init)
            case "--config": settings = value
            case "--host": host = value
            case "--pid-file": pidFile = value
            case "--heartbeat": heartbeat = value
            case "--drain":
                guard let seconds = Double(value), (0...3600).contains(seconds) else {
                    throw UsageError("--drain takes seconds up to 3600, not \"\(value)\"")
                }
                drain = .seconds(seconds)
            default: throw UsageError("there is no option \(name)\n\(Self.usage)")
            }
        }
        if action == .check, heartbeat == nil { throw UsageError("check needs --heartbeat FILE\n\(Self.usage)") }
    }
}
