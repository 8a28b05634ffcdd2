// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// A file whose pieces are the values of a benchmark.
struct PayloadFile: Sendable {
    let path: String
    let delimiter: Delimiter

    /// Reads the file on a queue, and cuts it. An empty piece at its end is no value.
    func read() async throws(ToolError) -> [[UInt8]] {
        let name = printable(path)
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { try Data(contentsOf: URL(fileURLWithPath: path)) })
            }
        }
        switch result {
        case .failure(let error): throw ToolError(.noInput, "\(name): cannot be read: \(reason(of: error))")
        case .success(let data):
            var values: [[UInt8]] = []
            var rest = Array(data)[...]
            while let end = rest.firstRange(of: delimiter.bytes) {
                values.append(Array(rest[..<end.lowerBound]))
                rest = rest[end.upperBound...]
            }
            if !rest.isEmpty { values.append(Array(rest)) }
            if values.isEmpty { throw ToolError(.noInput, "\(name): is empty; there is no value to send") }
            return values
        }
    }

    /// What perf-test says about it.
    func lines(count: Int) -> [String] {
        ["Reading payloads from: \(URL(fileURLWithPath: path).path)", "Number of records read: \(count)"]
    }
}
