// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// A copy of lent bytes.
    init(copying bytes: Span<UInt8>) {
        self.init()
        reserveCapacity(bytes.count)
        append(bytes)
    }

    /// A copy of lent bytes; nil if there are none to copy.
    init?(copying bytes: Span<UInt8>?) {
        guard let bytes else { return nil }
        self.init(copying: bytes)
    }

    mutating func append(_ bytes: Span<UInt8>) {
        for index in bytes.indices { append(bytes[index]) }
    }
}
