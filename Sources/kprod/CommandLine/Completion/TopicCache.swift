// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Remembers the topics of a cluster between two presses of the tab key.
struct TopicCache {
    /// A topic that was created a minute ago is worth another question.
    private static let lifetime = 60.0

    private let file: URL?

    init(servers: String, environment: [String: String]) {
        let home = environment["HOME"].map { "\($0)/.cache" }
        let folder = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        // FNV-1a: a name of a file, the same in every process.
        let hash = servers.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        file = folder.map { URL(fileURLWithPath: "\($0)/kprod/topics-\(String(hash, radix: 16))") }
    }

    /// Nil when they are not known, or have been for too long.
    var topics: [String]? {
        guard let file, let text = try? String(contentsOf: file, encoding: .utf8),
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.path),
            let date = attributes[.modificationDate] as? Date, abs(date.timeIntervalSinceNow) < Self.lifetime
        else { return nil }
        return text.split(separator: "\n").map { String($0) }
    }

    /// A cache that cannot be written costs a question more.
    func store(_ topics: [String]) {
        guard let file else { return }
        let files = FileManager.default
        try? files.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try? Data(topics.map { "\($0)\n" }.joined().utf8).write(to: file, options: .atomic)
    }
}
