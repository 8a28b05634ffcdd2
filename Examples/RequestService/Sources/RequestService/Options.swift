// SPDX-License-Identifier: Apache-2.0

/// What the command line says.
enum Options: Sendable, Hashable {
    case serve(Serve)
    /// A client: sends requests and prints the replies.
    case ask(socket: String, requests: [String])

    struct Serve: Sendable, Hashable {
        /// Nil is a mock cluster in this process.
        var brokers: [String]?
        var socket = "requests.sock"
        var health = "health.sock"
        /// Seconds without a heartbeat until it counts as lost.
        var heartbeatLimit = 10
    }

    struct Usage: Error {}

    init(_ arguments: [String]) throws(Usage) {
        var rest = arguments[...]
        if rest.first == "ask" {
            guard let socket = rest.dropFirst().first else { throw Usage() }
            self = .ask(socket: socket, requests: Array(rest.dropFirst(2)))
            return
        }
        var serve = Serve()
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Usage() }
            switch name {
            case "--brokers": serve.brokers = value.split(separator: ",").map(String.init)
            case "--socket": serve.socket = value
            case "--health": serve.health = value
            case "--heartbeat-limit":
                guard let seconds = Int(value), (1...3600).contains(seconds) else { throw Usage() }
                serve.heartbeatLimit = seconds
            default: throw Usage()
            }
        }
        self = .serve(serve)
    }

    static let usage = """
        usage: RequestService [--brokers HOST:PORT,...] [--socket FILE] [--health FILE] [--heartbeat-limit SECONDS]
               RequestService ask FILE [REQUEST...]
        """
}
