// SPDX-License-Identifier: Apache-2.0

import CKprod

/// What the process was started with.
enum ProcessStart {
    /// Makes the standard descriptors what the rest of the command takes them for: open, and waiting.
    static func prepareDescriptors() {
        kprod_fill_standard_descriptors()
        for descriptor: Int32 in 0...2 { kprod_make_blocking(descriptor) }
    }

    /// With fewer, libdispatch traps when it wants one and gets none.
    private static let fewestDescriptors: Int32 = 64

    /// Lets the process have as many, where the system allows that; returns how many it may have.
    static func allowDescriptors(_ count: Int32) -> Int32 { kprod_allow_descriptors(count) }

    /// Throws when the process may not have the descriptors that it takes for granted.
    static func checkDescriptors() throws(ToolError) {
        let allowed = allowDescriptors(fewestDescriptors)
        if allowed >= fewestDescriptors { return }
        throw ToolError(
            .software,
            "this process may have \(allowed) open files only and needs \(fewestDescriptors): raise the limit (ulimit -n)"
        )
    }

    /// The arguments, the name of the command first, byte for byte; see ``ArgumentText``.
    static var arguments: [String] {
        // Swift's own list has replaced what is no UTF-8.
        (0..<kprod_argument_count()).map { argument in
            var bytes: [UInt8] = []
            while let byte = UInt8(exactly: kprod_argument_byte(argument, Int32(clamping: bytes.count))) {
                bytes.append(byte)
            }
            return ArgumentText.text(of: bytes)
        }
    }
}
