// SPDX-License-Identifier: Apache-2.0

import CFuzzer
import Foundation

/// A parser under test: takes any bytes, and stops the process when it finds that something is not as it should be.
typealias Target = @Sendable (_ input: Input) -> Void

/// By the names that the corpora have.
let targets: [String: Target] = libraryTargets.merging(commandTargets) { first, _ in first }

@main enum Fuzz {
    /// Chosen by the environment: one program holds all, since each would take minutes to build.
    private static let target: Target? = targets[ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""]

    static func main() {
        guard target != nil else {
            print(targets.keys.sorted().joined(separator: "\n"))
            return
        }
        var (count, arguments) = (CommandLine.argc, Optional(CommandLine.unsafeArgv))
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { start, count in
                // libFuzzer keeps the bytes for the time of the call, and they are copied.
                Fuzz.target?(Input(bytes: Array(UnsafeBufferPointer(start: start, count: count))))
                return 0
            }
        )
    }
}

/// What libFuzzer made up.
struct Input {
    var bytes: [UInt8]

    /// As text, whatever it is.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Takes the first byte, for a choice.
    mutating func choice(of count: Int) -> Int {
        guard let first = bytes.first else { return 0 }
        bytes.removeFirst()
        return Int(first) % count
    }

    /// Cuts at the first newline: what stands before it is one input, the rest another.
    var parts: (String, [UInt8]) {
        let end = bytes.firstIndex(of: 10) ?? bytes.endIndex
        return (String(decoding: bytes[..<end], as: UTF8.self), Array(bytes[min(end + 1, bytes.count)...]))
    }
}

/// Stops the process: libFuzzer keeps the input.
func check(_ condition: Bool, _ what: @autoclosure () -> String, line: Int = #line) {
    if condition { return }
    FileHandle.standardError.write(Data("fuzz: \(what()) (line \(line))\n".utf8))
    abort()
}

/// A text that people read: one line, harmless for a terminal, and not longer than so much.
func checkShown(_ text: String, limit: Int = 2_000, line: Int = #line) {
    check(text.unicodeScalars.count <= limit, "a text of \(text.unicodeScalars.count) characters", line: line)
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
            check(false, "U+\(String(scalar.value, radix: 16)) in \(text.debugDescription)", line: line)
        default: break
        }
    }
}
