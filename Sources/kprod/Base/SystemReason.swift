// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The system's words for what went wrong, without Foundation's around them.
func reason(of error: any Error) -> String {
    let cocoa = error as NSError
    let cause = cocoa.userInfo[NSUnderlyingErrorKey] as? NSError ?? cocoa
    let text = cause.localizedDescription
    let preamble = "The operation could not be completed. "
    return printable(text.hasPrefix(preamble) ? String(text.dropFirst(preamble.count)) : text)
}
