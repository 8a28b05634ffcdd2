// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file that the agent's own loop writes again and again: when it is old, the loop hangs, whatever the process looks like.
struct Heartbeat: Codable, Equatable, Sendable {
    var process: Int32
    /// Seconds since 1970.
    var time: Double
    /// After this many seconds without a new one, something is wrong.
    var patience: Double
    var state: String
    var delivered: Int
    var remaining: Int
    var lost: Int

    /// Whoever reads gets the old one or the new one, never a half.
    func write(to path: String) {
        guard let data = try? JSONEncoder().encode(self) else { return }
        // A full disk is no reason to stop; a heartbeat that gets old says it.
        try? data.write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// What a watchdog wants to know of the file at `path`.
    static func check(_ path: String, now: Double = Date().timeIntervalSince1970) -> (isAlive: Bool, text: String) {
        guard let data = FileManager.default.contents(atPath: path) else { return (false, "there is no \(path)") }
        guard let beat = try? JSONDecoder().decode(Heartbeat.self, from: data) else {
            return (false, "\(path) is no heartbeat")
        }
        let isAlive = now - beat.time <= beat.patience
        let counts = "delivered \(beat.delivered), remaining \(beat.remaining), lost \(beat.lost)"
        return (isAlive, "\(isAlive ? "alive" : "too old"), \(beat.state): \(counts)")
    }
}
