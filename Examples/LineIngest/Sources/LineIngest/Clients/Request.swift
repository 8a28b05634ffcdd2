// SPDX-License-Identifier: Apache-2.0

/// What a line asks for.
enum Request: Equatable {
    case record([UInt8])
    case empty
    case statistics
    case unknownCommand(String)
    /// Somebody pointed a browser or a health check at us.
    case http

    /// - Parameter isFirst: A request line of HTTP is one only at the beginning of a connection; later it is a record, as
    ///   in the log of a web server.
    init(_ line: [UInt8], isFirst: Bool) {
        guard let first = line.first else {
            self = .empty
            return
        }
        if first == UInt8(ascii: "!") {
            self.init(command: line.dropFirst())
        } else if isFirst, Self.isHTTP(line) {
            self = .http
        } else {
            self = .record(line)
        }
    }

    /// `!!text` is the record `!text`.
    private init(command: ArraySlice<UInt8>) {
        if command.first == UInt8(ascii: "!") {
            self = .record(Array(command))
        } else if command.elementsEqual("stats".utf8) {
            self = .statistics
        } else {
            self = .unknownCommand(Self.printable(command))
        }
    }

    /// `METHOD target HTTP/1.x`.
    private static func isHTTP(_ line: [UInt8]) -> Bool {
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, words[2].starts(with: "HTTP/1.".utf8) else { return false }
        return !words[0].isEmpty && words[0].allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    /// What a client sent goes back to it, and to nobody's terminal, as letters only.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(20).map { (0x21...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
