// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whether a sanitizer is in this build: it takes memory and time of its own. An exit test's process has not all of the
/// environment, so the program itself is asked.
let isSanitized = hasSymbol("__asan_init") || hasSymbol("__tsan_init")

/// Of this program or of its libraries.
private func hasSymbol(_ name: String) -> Bool { unsafe dlsym(dlopen(nil, RTLD_NOW), name) != nil }

extension Trait where Self == ConditionTrait {
    /// For what only Linux tells of a process.
    static var needsProc: Self {
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/task"), "it reads /proc")
    }
}

/// The entries of a folder of `/proc/self`.
func entries(of folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(folder)")
}

/// How many threads there are whose names start with one of these.
func threads(named prefixes: [String]) throws -> Int {
    try entries(of: "task").count { thread in
        // It may have ended since it was listed.
        let name = try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
        return prefixes.contains { name?.hasPrefix($0) == true }
    }
}

/// A failed expectation does not end an exit test's process; this does, and says why.
func expectOrExit(
    _ condition: Bool,
    _ message: @autoclosure () -> String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if condition { return }
    Issue.record("\(message())", sourceLocation: sourceLocation)
    exit(1)
}

/// The resident memory of this process, in bytes.
func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (fields.dropFirst().first.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
}
