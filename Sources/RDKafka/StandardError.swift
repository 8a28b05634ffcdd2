// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The process's standard error, without buffering.
package enum StandardError {
    package static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            // One call per line, so that lines of several threads do not mix. There is nowhere to report a failure to.
            _ = unsafe platformWrite(2, bytes.baseAddress, bytes.count)
        }
    }
}

@unsafe private func platformWrite(_ descriptor: Int32, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}
