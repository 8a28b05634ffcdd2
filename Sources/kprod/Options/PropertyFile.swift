// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// A file of properties, `key=value` per line; `#` begins a comment, and blanks around either side do not count.
enum PropertyFile {
    /// Reads the file on a queue: it may be a pipe that something is still being written to.
    static func read(_ path: String) async throws(ToolError) -> [String: String] {
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { try Data(contentsOf: URL(fileURLWithPath: path)) })
            }
        }
        switch result {
        case .success(let data): return try parse(String(decoding: data, as: UTF8.self), name: printable(path))
        case .failure(let error):
            throw ToolError(
                .configuration,
                "\(printable(path)): cannot be read: \(reason(of: error)); check -F/--config"
            )
        }
    }

    static func parse(_ text: String, name: String) throws(ToolError) -> [String: String] {
        var properties: [String: String] = [:]
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let content = line.trimmed
            if content.isEmpty || content.hasPrefix("#") { continue }
            guard let equals = content.firstIndex(of: "="), equals != content.startIndex else {
                // The line is not shown: it may be a secret without its name.
                throw ToolError(.configuration, "\(name):\(index + 1): is not a property; write KEY=VALUE")
            }
            properties[String(content[..<equals].trimmed)] = String(content[content.index(after: equals)...].trimmed)
        }
        return properties
    }

    /// The file that kcat reads when none is named, if there is one.
    static func kcatDefault(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        if let path = environment["KCAT_CONFIG"] ?? environment["KAFKACAT_CONFIG"], !path.isEmpty { return path }
        guard let home = environment["HOME"] else { return nil }
        let candidates = ["\(home)/.config/kcat.conf", "\(home)/.config/kafkacat.conf"]
        return candidates.first { FileManager.default.fileExists(atPath: $0) }
    }
}

extension StringProtocol {
    fileprivate var trimmed: SubSequence {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }
}
