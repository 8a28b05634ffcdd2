// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// The variables this process was started with.
package enum ProcessEnvironment {
    /// A copy. As with `getenv`, no other thread may change a variable meanwhile.
    package static var variables: [String: String] {
        var variables: [String: String] = [:]
        // An array of C strings that ends with a null pointer; it belongs to the process.
        guard var entry = unsafe clibrdkafka_environ() else { return [:] }
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if pair.count == 2 { variables[String(pair[0])] = String(pair[1]) }
            unsafe entry += 1
        }
        return variables
    }
}
