// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What this process holds of the system.
struct Resources: Sendable {
    /// librdkafka's threads and the library's own.
    let threads: Int
    let descriptors: Int
    let residentMiB: Double

    /// Whether the system tells.
    static let isKnown = FileManager.default.fileExists(atPath: "/proc/self/task")

    static func now() throws -> Resources {
        let files = FileManager.default
        // A thread may end while its name is read.
        let names = try files.contentsOfDirectory(atPath: "/proc/self/task").map { id in
            (try? String(contentsOfFile: "/proc/self/task/\(id)/comm", encoding: .utf8)) ?? ""
        }
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let resident = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }?.split(separator: " ")
        return Resources(
            threads: names.count { $0.hasPrefix("rdk:") || $0.hasPrefix("kafka-") },
            descriptors: try files.contentsOfDirectory(atPath: "/proc/self/fd").count,
            residentMiB: (resident?.dropFirst().first.flatMap { Double($0) } ?? 0) / 1_024
        )
    }
}
