// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file of lines of 100 bytes, made when it is first asked for, and gone with this.
final class LinesFile {
    private var file: (lines: Int, url: URL)?

    deinit { remove() }

    /// Where a file of so many lines is.
    func path(lines: Int) throws -> String {
        if let file, file.lines == lines { return file.url.path }
        remove()
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString).txt")
        let line = Data(repeating: UInt8(ascii: "x"), count: 100) + Data("\n".utf8)
        let block = (0..<1_000).reduce(into: Data()) { block, _ in block += line }
        guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
            throw BenchError("\(url.path) cannot be written")
        }
        file = (lines, url)
        let handle = try FileHandle(forWritingTo: url)
        for start in stride(from: 0, to: lines, by: 1_000) {
            try handle.write(contentsOf: block.prefix(min(1_000, lines - start) * line.count))
        }
        try handle.close()
        return url.path
    }

    private func remove() {
        if let file { try? FileManager.default.removeItem(at: file.url) }
        file = nil
    }
}
