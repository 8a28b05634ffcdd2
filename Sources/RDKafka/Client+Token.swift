// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension Client {
    /// Gives librdkafka a token for SASL OAUTHBEARER. Returns what is wrong with it, or nil when it was taken.
    ///
    /// - Parameter extensions: Names and values in turns.
    package func setToken(_ value: String, expiration: Int64, principal: String, extensions: [String]) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { reason in
            unsafe reason.initialize(repeating: 0)
            let code = unsafe withCStrings(extensions) { extensions in
                // Everything is copied during the call.
                unsafe rd_kafka_oauthbearer_set_token(
                    handle,
                    value,
                    expiration,
                    principal,
                    extensions.baseAddress,
                    extensions.count,
                    reason.baseAddress,
                    reason.count
                )
            }
            return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : unsafe cString(reason)
        }
    }

    /// Says that there is no token: librdkafka keeps the last one, and asks again in ten seconds.
    package func setTokenFailure(_ reason: String) { unsafe rd_kafka_oauthbearer_set_token_failure(handle, reason) }
}

/// Calls `body` with the strings as C wants an array of them; they live for the time of the call.
@unsafe private func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafeMutableBufferPointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let copies = unsafe strings.map { unsafe strdup($0) }
    defer { unsafe copies.forEach { unsafe free($0) } }
    var pointers = unsafe copies.map { unsafe UnsafePointer($0) }
    return unsafe pointers.withUnsafeMutableBufferPointer { unsafe body($0) }
}
