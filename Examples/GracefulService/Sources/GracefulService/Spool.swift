// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// The last resort: a file of lines that Kafka did not take, which the next start sends again.
///
/// What ``append(_:)`` has written is on the disk when it returns. What was loaded stays in the file
/// until ``replace(first:with:)``: a process that dies while it sends it again loses nothing, and sends some of it twice.
final class Spool: Sendable {
    struct Record: Codable, Hashable {
        var text: String
        var mayBeInLog = false
    }

    struct Unreadable: Error, CustomStringConvertible {
        let place: String
        var description: String { "\(place) is no line of a spool: mend it or move the file away; nothing was changed" }
    }

    private let url: URL
    /// Disks block: not on the threads that run tasks. It also keeps one change apart from the next.
    private let queue = DispatchQueue(label: "spool")

    init(path: String) { url = URL(fileURLWithPath: path) }

    /// The records in the file. A last line that a crash cut off is removed: nobody was told that it is safe.
    func load() async throws -> [Record] {
        try await onQueue { url in
            guard FileManager.default.fileExists(atPath: url.path) else { return [] }
            let data = try Data(contentsOf: url)
            let end = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            if end < data.count {
                let file = try FileHandle(forUpdating: url)
                try file.truncate(atOffset: UInt64(end))
                try file.close()
            }
            return try data[..<end].split(separator: UInt8(ascii: "\n")).enumerated().map { number, line in
                do {
                    return try JSONDecoder().decode(Record.self, from: line)
                } catch {
                    throw Unreadable(place: "\(url.path):\(number + 1)")
                }
            }
        }
    }

    func append(_ records: [Record]) async throws {
        if records.isEmpty { return }
        try await onQueue { url in
            if !FileManager.default.fileExists(atPath: url.path) { try Self.encode([]).write(to: url) }
            let file = try FileHandle(forUpdating: url)
            defer { try? file.close() }
            let end = try file.seekToEnd()
            do {
                try file.write(contentsOf: Self.encode(records))
                try file.synchronize()
            } catch {
                // Half a line would make the next one unreadable.
                try? file.truncate(atOffset: end)
                throw error
            }
        }
    }

    /// Puts `records` where the first `count` ones are, in one step: whoever looks finds the old file or the new one.
    func replace(first count: Int, with records: [Record]) async throws {
        try await onQueue { url in
            guard FileManager.default.fileExists(atPath: url.path) else { return }
            let lines = try Data(contentsOf: url).split(separator: UInt8(ascii: "\n")).dropFirst(count)
            let data = try Self.encode(records) + lines.flatMap { $0 + [UInt8(ascii: "\n")] }
            if data.isEmpty { return try FileManager.default.removeItem(at: url) }
            let new = url.appendingPathExtension("new")
            try data.write(to: new)
            let file = try FileHandle(forUpdating: new)
            try file.synchronize()
            try file.close()
            guard rename(new.path, url.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        }
    }

    private static func encode(_ records: [Record]) throws -> Data {
        let encoder = JSONEncoder()
        return try records.reduce(into: Data()) { data, record in
            data.append(try encoder.encode(record))
            data.append(UInt8(ascii: "\n"))
        }
    }

    private func onQueue<Result: Sendable>(_ body: @escaping @Sendable (URL) throws -> Result) async throws -> Result {
        let url = url
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body(url) }) }
        }
    }
}
