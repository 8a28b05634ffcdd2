// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// librdkafka's own table of its properties.
package enum PropertyTable {
    /// A row, in librdkafka's words.
    package struct Row: Sendable {
        package let name: String
        package let isTopic: Bool
        /// `P`, `C` or `*` for both.
        package let users: String
        package let range: String
        package let standard: String
        package let importance: String
        package let description: String
        /// As in `integer` or `enum value`.
        package let type: String
    }

    /// Every property that can be given as text, aliases included; read once.
    package static let all: [Row] = rows(of: text())

    /// The names of all, for look-ups.
    package static let names = Set(all.map(\.name))

    /// Those whose value is a number, which some take by a name as well, as `acks=all`.
    package static let numbers = Set(all.filter { ["integer", "float"].contains($0.type) }.map(\.name))

    /// Those of them that may have decimals.
    package static let fractions = Set(all.filter { $0.type == "float" }.map(\.name))

    /// Those that only consumers read.
    package static let consumers = Set(all.filter { $0.users == "C" }.map(\.name))

    /// What librdkafka prints: it has no other way to be asked.
    private static func text() -> String {
        var text: UnsafeMutablePointer<CChar>?
        var size = 0
        // The stream's buffer is ours to free once it is closed.
        guard let stream = unsafe open_memstream(&text, &size) else { return "" }
        unsafe rd_kafka_conf_properties_show(stream)
        unsafe fclose(stream)
        guard let text = unsafe text else { return "" }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    /// A row is `name | C/P | range | default | importance | description <br>*Type: type*`.
    static func rows(of text: String) -> [Row] {
        var isTopic = false
        return text.split(separator: "\n").compactMap { line in
            if line.hasPrefix("## ") { isTopic = line.contains("Topic") }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            // A default may hold bars (a command line does), and so may a description.
            let weights = ["high", "medium", "low"]
            guard let weight = cells.indices.dropFirst(4).first(where: { weights.contains(trimmed(cells[$0])) })
            else { return nil }
            let text = cells[(weight + 1)...].joined(separator: "|")
            let end = text.ranges(of: "<br>*Type: ").last
            let type = end.map { text[$0.upperBound...].prefix { $0 != "*" } } ?? ""
            if type == "see dedicated API" { return nil }
            return Row(
                name: trimmed(cells[0]),
                isTopic: isTopic,
                users: trimmed(cells[1]),
                range: trimmed(cells[2]),
                standard: trimmed(cells[3..<weight].joined(separator: "|")[...]),
                importance: trimmed(cells[weight]),
                description: trimmed(end.map { text[..<$0.lowerBound] } ?? text[...]),
                type: String(type)
            )
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
