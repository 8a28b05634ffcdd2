// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What this process holds of the system; zeros where there is no /proc.
struct Resources {
    let residentBytes: Int
    let threads: Int
    let descriptors: Int

    static func now() -> Resources {
        func entries(_ folder: String) -> Int {
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(folder)").count) ?? 0
        }
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
            .dropFirst().first
        return Resources(
            residentBytes: (pages.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE)),
            threads: entries("task"),
            descriptors: entries("fd")
        )
    }
}
