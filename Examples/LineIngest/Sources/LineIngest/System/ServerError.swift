// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why the server cannot do what it was asked to.
enum ServerError: Error, Equatable {
    /// An action that the system refused, and its `errno`.
    case system(String, Int32)
    case invalid(String)
    /// A command line that makes no sense.
    case usage(String)
}

extension ServerError: CustomStringConvertible {
    var description: String {
        switch self {
        case .system(let action, let code): "cannot \(action): \(String(cString: strerror(code)))"
        case .invalid(let text), .usage(let text): text
        }
    }
}
