// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import KafkaAsyncProducer

/// Where a secret is to be taken from, so that it stands neither on the command line nor in a file.
enum SecretReference: Equatable, Sendable {
    case literal(String)
    case file(String)
    case variable(String)
    case descriptor(Int32)
    case prompt

    /// So much is read at most; a key with its chain has a few thousand bytes.
    private static let limit = 1 << 20

    /// `@FILE`, `env:NAME`, `fd:N`, `prompt:`; `@@` begins a secret that begins with `@`.
    init(_ text: String) throws(OptionValue.Invalid) {
        if text.hasPrefix("@@") {
            self = .literal(String(text.dropFirst()))
        } else if text.hasPrefix("@") {
            self = .file(String(text.dropFirst()))
            if text == "@" || text == "@-" { throw OptionValue.Invalid("names no file; write @FILE") }
        } else if text.hasPrefix("env:") {
            self = .variable(String(text.dropFirst("env:".count)))
        } else if text.hasPrefix("fd:") {
            guard let number = Int32(text.dropFirst("fd:".count)), number > 2 else {
                throw OptionValue.Invalid("is no open file; write fd:N with N above 2, as in fd:3")
            }
            self = .descriptor(number)
        } else if text == "prompt:" {
            self = .prompt
        } else {
            self = .literal(text)
        }
    }

    /// Whether the text of a secret is no secret, and leads to it another time, too.
    static func saysWhereAgain(_ text: String) -> Bool {
        switch try? SecretReference(text) {
        case .file, .variable, .prompt: true
        case .literal, .descriptor, nil: false
        }
    }

    /// Whether a value of this property may be such a reference.
    static func applies(to name: String) -> Bool {
        // What is no name may hold a secret itself, and is refused without it.
        let isName = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "._-".contains($0)) }
        return isName && AsyncProducer.Configuration.Properties.isSecret(name) && !name.hasSuffix(".location")
    }

    /// Whether the value of this property must not be seen by others, unlike a user's name or a certificate.
    static func isConfidential(_ name: String) -> Bool {
        let isPublic = name.hasSuffix("username") || name.contains("certificate") || name == "ssl.ca.pem"
        return applies(to: name) && !isPublic
    }

    /// The secret itself; a newline at its end is not part of it.
    func value(_ environment: [String: String]) async throws(OptionValue.Invalid) -> String {
        switch self {
        case .literal(let text): return text
        case .variable(let name):
            guard let value = environment[name] else {
                throw OptionValue.Invalid("is to come from the variable \(printable(name)), which is not set")
            }
            return value
        case .file(let path):
            return try await Self.read("the file \(printable(path))") {
                try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            }
        case .descriptor(let number):
            return try await Self.read("descriptor \(number)") {
                FileHandle(fileDescriptor: number, closeOnDealloc: false)
            }
        case .prompt: throw OptionValue.Invalid("is to be typed, but there is no terminal; use @FILE or env:NAME")
        }
    }

    /// On a queue: a pipe may be slow.
    private static func read(
        _ name: String,
        _ open: @escaping @Sendable () throws -> FileHandle
    ) async throws(OptionValue.Invalid) -> String {
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { try contents(of: try open()) })
            }
        }
        switch result {
        case .success(let data):
            guard let text = String(validating: data, as: UTF8.self) else {
                throw OptionValue.Invalid("is to come from \(name), which is not UTF-8")
            }
            return String(text.hasSuffix("\n") ? text.dropLast() : text[...])
        case .failure(let error):
            throw OptionValue.Invalid("is to come from \(name), which cannot be read: \(reason(of: error))")
        }
    }

    /// A read of a pipe ends with what is there.
    private static func contents(of handle: FileHandle) throws -> Data {
        var data = Data()
        while data.count < limit, let part = try handle.read(upToCount: limit - data.count), !part.isEmpty {
            data += part
        }
        return data
    }
}
