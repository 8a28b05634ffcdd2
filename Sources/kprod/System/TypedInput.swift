// SPDX-License-Identifier: Apache-2.0

import CKprod
import Foundation
import Synchronization

/// A terminal whose lines are edited here; see ``LineEditor``.
///
/// There is one at a time, so that the end of the process, or its being stopped, can give the terminal back.
enum TypedInput {
    private static let descriptor = Mutex<Int32?>(nil)

    /// From here on keys come as they are typed; nil for what is no terminal.
    static func begin(_ handle: FileHandle) -> FileHandle? {
        let number = handle.fileDescriptor
        guard isatty(number) == 1, let screen = try? FilePath("/dev/tty").openForAppending() else { return nil }
        return descriptor.withLock { descriptor in
            guard kprod_terminal_edit_input(number) == 0 else { return nil }
            descriptor = number
            return screen
        }
    }

    /// The terminal is as it was.
    static func end() {
        descriptor.withLock { descriptor in
            kprod_terminal_stop_editing()
            descriptor = nil
        }
    }

    /// The same for as long as the process is stopped.
    static func suspend() { descriptor.withLock { _ in kprod_terminal_stop_editing() } }

    static func resume() {
        descriptor.withLock { descriptor in
            if let descriptor { _ = kprod_terminal_edit_input(descriptor) }
        }
    }
}
