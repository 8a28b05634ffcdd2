// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The real `kcat`, where it is installed.
enum RealKcat {
    static let path: String? = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":")
        .map { "\($0)/kcat" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}

extension Trait where Self == ConditionTrait {
    /// Skips what needs `kcat` where it is not installed.
    static var needsKcat: Self { .enabled(if: RealKcat.path != nil, "kcat is not installed") }
}
