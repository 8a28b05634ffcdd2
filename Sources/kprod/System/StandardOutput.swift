// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Standard output: data only, and unlike messages it must arrive.
enum StandardOutput {
    /// Writes all of `text`, unbuffered.
    static func write(_ text: String) throws(ToolError) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            throw ToolError(.outputFailed, "stdout: cannot be written: \(reason(of: error))")
        }
    }
}
