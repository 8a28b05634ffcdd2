// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// How the text of a field stands for its bytes.
enum FieldEncoding: String, CaseIterable, Sendable {
    /// As it is.
    case text
    case hex, base64
    /// As it is, provided that it is JSON.
    case json

    /// Why a field cannot be decoded: the end of a sentence that starts with what the field is.
    struct Invalid: Error, Equatable {
        let reason: String
    }

    func decode(_ field: [UInt8]) throws(Invalid) -> [UInt8] {
        switch self {
        case .text: return field
        case .hex: return try Self.hexadecimal(field)
        case .base64:
            guard let data = Data(base64Encoded: Data(field)) else {
                throw Invalid(reason: "is not base64 with its padding")
            }
            return Array(data)
        case .json:
            do {
                _ = try JSONSerialization.jsonObject(with: Data(field), options: .fragmentsAllowed)
            } catch {
                throw Invalid(reason: "is not JSON")
            }
            return field
        }
    }

    private static func hexadecimal(_ field: [UInt8]) throws(Invalid) -> [UInt8] {
        if !field.count.isMultiple(of: 2) { throw Invalid(reason: "has an odd number of hexadecimal digits") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(field.count / 2)
        for index in stride(from: 0, to: field.count, by: 2) {
            guard let high = field[index].hexDigit, let low = field[index + 1].hexDigit else {
                throw Invalid(reason: "is not hexadecimal")
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit.
    var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
