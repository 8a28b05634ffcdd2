// SPDX-License-Identifier: Apache-2.0

import CKprod
import Dispatch
import Foundation

/// Asks for a secret on the terminal, without showing what is typed.
enum SecretPrompt {
    /// Nil when the process has no terminal; Ctrl-C ends the process.
    static func ask(_ question: String) async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: read(question)) }
        }
    }

    private static func read(_ question: String) -> String? {
        guard let terminal = FileHandle(forUpdatingAtPath: "/dev/tty"),
            kprod_terminal_hide_input(terminal.fileDescriptor) == 0
        else { return nil }
        try? terminal.write(contentsOf: Data(question.utf8))
        var bytes: [UInt8] = []
        var end: UInt8 = 0
        // One key at a time: the terminal's own line editing is off.
        while let key = (try? terminal.read(upToCount: 1))?.first {
            end = key
            if [0x0A, 0x0D, 0x03, 0x04].contains(key) { break }
            switch key {
            case 0x7F, 0x08: if !bytes.isEmpty { removeLastCharacter(&bytes) }
            case 0x15: bytes = []
            default: bytes.append(key)
            }
        }
        kprod_terminal_show_input(terminal.fileDescriptor)
        try? terminal.write(contentsOf: Data("\n".utf8))
        if end == 0x03 { Signals.endProcess(by: SIGINT) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func removeLastCharacter(_ bytes: inout [UInt8]) {
        var text = String(decoding: bytes, as: UTF8.self)
        text.removeLast()
        bytes = Array(text.utf8)
    }
}
