// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files of a benchmark.
enum BenchFiles {
    static func read(_ path: String) throws(ToolError) -> BenchResult {
        let name = printable(path)
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw ToolError(.noInput, "\(name): cannot be read: \(reason(of: error))")
        }
        do {
            return try JSONDecoder().decode(BenchResult.self, from: data)
        } catch {
            throw ToolError(.data, "\(name): is not what kprod bench --json writes")
        }
    }

    /// Makes sure before a run that a file can be written after it; what is in it stays until then.
    static func prepare(_ path: String) throws(ToolError) {
        do {
            let file = FilePath(path)
            // A pipe would make wait for its reader.
            if let status = try? file.status(), status.isStream { return }
            try file.openForAppending().close()
        } catch {
            throw ToolError(.outputFailed, "\(printable(path)): cannot be written: \(reason(of: error))")
        }
    }

    static func write(_ text: String, to path: String) throws(ToolError) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw ToolError(.outputFailed, "\(printable(path)): cannot be written: \(reason(of: error))")
        }
    }

    static func json(_ result: BenchResult) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // What is not a number has no place in JSON; none of the fields can be that.
        guard let data = try? encoder.encode(result) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
