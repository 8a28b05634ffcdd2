// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Lends an array of C strings, with a nil at its end.
func withCStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
