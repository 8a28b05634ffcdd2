// SPDX-License-Identifier: Apache-2.0

/// What the command line asks for.
struct Options: Equatable {
    /// Nil is a mock cluster in this process.
    var brokers: [String]?
    var topic = "lines"
    var addresses: [Listener.Address] = []
    var folder = "line-ingest.state"
    var limits = Limits()

    static let usage = """
        usage: LineIngest [--brokers HOST:PORT,...] [--topic NAME] [--listen HOST:PORT] [--socket PATH] [--state FOLDER]
                          [--workers N] [--connections N] [--line-bytes N] [--idle SECONDS] [--drain SECONDS]
        """

    init(_ arguments: some Sequence<String>) throws(ServerError) {
        var words = arguments.makeIterator()
        while let name = words.next() {
            guard let value = words.next() else { throw .usage("\(name) needs a value\n\(Self.usage)") }
            switch name {
            case "--brokers": brokers = value.split(separator: ",").map(String.init)
            case "--topic": topic = value
            case "--listen": addresses.append(try Self.address(value))
            case "--socket": addresses.append(.unix(path: value))
            case "--state": folder = value
            case "--workers": limits.workers = try Self.number(name, value, 1...64)
            case "--connections": limits.connections = try Self.number(name, value, 1...1_000_000)
            case "--line-bytes": limits.lineBytes = try Self.number(name, value, 1...900_000)
            case "--idle": limits.idle = .seconds(try Self.number(name, value, 1...86_400))
            case "--drain": limits.drain = .seconds(try Self.number(name, value, 0...3_600))
            default: throw .usage("there is no option \(name)\n\(Self.usage)")
            }
        }
        if addresses.isEmpty { addresses = [.tcp(host: "127.0.0.1", port: "0")] }
    }

    private static func number(_ name: String, _ value: String, _ range: ClosedRange<Int>) throws(ServerError) -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw .usage("\(name) takes a number from \(range.lowerBound) to \(range.upperBound), not \"\(value)\"")
        }
        return number
    }

    /// `HOST:PORT`, `:PORT` for every interface, `[::1]:PORT`.
    private static func address(_ text: String) throws(ServerError) -> Listener.Address {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw .usage("--listen takes HOST:PORT, not \"\(text)\"")
        }
        let host = text[..<colon].trimmingPrefix("[")
        return .tcp(host: String(host.hasSuffix("]") ? host.dropLast() : host), port: String(port))
    }
}
