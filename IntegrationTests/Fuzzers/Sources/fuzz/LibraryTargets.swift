// SPDX-License-Identifier: Apache-2.0

@testable import KafkaAsyncProducer

private typealias Configuration = AsyncProducer.Configuration
private typealias Properties = AsyncProducer.Configuration.Properties

/// The parsers of the library.
let libraryTargets: [String: Target] = [
    "servers": { fuzzServers($0.text) },
    "properties": { fuzzProperties($0) },
    "jaas": { fuzzJAAS($0) },
    "java": { fuzzJava($0.text) },
    "numbers": { fuzzNumbers($0.text) },
    "log": { fuzzLog($0) },
    "pem": { fuzzPEM($0) },
    "tokens": { fuzzTokens($0.text) },
]

private func fuzzServers(_ text: String) {
    let shown = ServerAddress.shown(text)
    checkShown(shown, limit: 82)
    // A password stands before it; by bytes, as a mark behind it would make one character of both.
    check(!text.utf8.contains(UInt8(ascii: "@")) || shown.utf8.starts(with: "…@".utf8), "shown: \(shown)")
    for server in Configuration.servers(in: text) {
        guard let address = try? ServerAddress(server) else { continue }
        check(!server.contains { ",;/@ \0".contains($0) } || server.contains("://"), "taken: \(server)")
        check(address.scheme == address.scheme?.lowercased(), "scheme: \(server)")
        // What stands behind the last colon is a port, or the end of an address of IPv6.
        if address.scheme == nil, let colon = server.lastIndex(of: ":"), !server[..<colon].contains(":") {
            check(UInt16(server[server.index(after: colon)...]) ?? 0 > 0, "port: \(server)")
        }
    }
}

private func fuzzProperties(_ input: Input) {
    let (profile, rest) = input.parts
    let text = String(decoding: rest, as: UTF8.self)
    let properties: Properties
    do throws(KafkaError) {
        properties = try Properties(parsing: text, source: "f", profile: profile.isEmpty ? nil : profile)
    } catch {
        return checkShown(error.message)
    }
    check(properties.names.count <= text.utf8.count, "more properties than bytes")
    // What was read can be written and is read again.
    let written = properties.entries.map { "\(escape($0.name))=\(escape($0.value))\n" }.joined()
    let again: Properties
    do throws(KafkaError) {
        again = try Properties(parsing: written, source: "f")
    } catch {
        return check(false, "\(error): \(written.debugDescription)")
    }
    check(again.entries.map(\.value) == properties.entries.map(\.value), "values of \(written.debugDescription)")
    check(again.names == properties.names, "names of \(written.debugDescription)")
    _ = try? Properties.profiles(in: text, source: "f")
}

/// As `java.util.Properties` writes it.
private func escape(_ text: String) -> String {
    text.utf16.map { unit in
        if 0x30...0x39 ~= unit || 0x41...0x5A ~= unit || 0x61...0x7A ~= unit {
            return String(UnicodeScalar(UInt8(unit)))
        }
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
}

private func fuzzJAAS(_ input: Input) {
    func parse(_ value: String) throws(KafkaError) -> JAASConfiguration {
        try JAASConfiguration(
            Properties.Entry(name: "sasl.jaas.config", value: value, source: "f:1"),
            fetchesTokens: true
        )
    }
    do throws(KafkaError) {
        _ = try parse(input.text)
    } catch {
        checkShown(error.message, limit: 400)
    }
    // A name and a password of any kind come through.
    let (name, rest) = input.parts
    let password = String(decoding: rest, as: UTF8.self)
    func quoted(_ text: String) -> String {
        "\"" + String(scalars: text.unicodeScalars.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }) + "\""
    }
    let value = "a.PlainLoginModule required username=\(quoted(name)) password=\(quoted(password));"
    let parsed = try? parse(value)
    check(parsed?.properties.map(\.value) == [name, password], "round trip of \(value.debugDescription)")
}

private func fuzzJava(_ text: String) {
    guard let properties = try? Properties(parsing: text, source: "f") else { return }
    do throws(KafkaError) {
        let configuration = try Configuration(properties)
        for note in configuration.notes { checkShown(LogEntry(level: .info, facility: "", message: note).message) }
        for warning in configuration.warnings { checkShown(warning) }
        _ = try configuration.effectiveProperties()
        _ = try configuration.tokenSource()
    } catch {
        checkShown(error.message)
        check(error.code == .invalidConfiguration, "\(error)")
    }
}

private func fuzzNumbers(_ text: String) {
    for name in ["linger.ms", "batch.size", "acks", "message.timeout.ms", "buffer.memory", "max.block.ms"] {
        do throws(KafkaError) {
            let configuration = try Configuration(Properties([name: text], source: "f:1"))
            // Whoever was taken has the value that stands there.
            if name == "batch.size" {
                check(String(configuration.batching.maximumBytes) == text, "\(text) is \(configuration.batching)")
            }
            check(configuration.batching.linger >= .zero, "\(configuration.batching.linger)")
        } catch {
            checkShown(error.message)
        }
    }
}

private func fuzzLog(_ input: Input) {
    let text = input.text
    let entry = LogEntry(level: .warning, facility: "ERROR", message: text)
    checkShown(entry.message, limit: 1_001)
    check(printable(entry.message, limit: 1_001) == entry.message, "not the same again")
    var (folding, lines) = (LogFolding(), 0)
    let now = ContinuousClock.now
    let pieces = text.split(separator: "\n")
    for (index, piece) in pieces.enumerated() {
        let line = LogEntry(level: .info, facility: "X", message: String(piece))
        lines += folding.fold(line, at: now + .seconds(index)).count
    }
    lines += folding.summary().count
    check(lines <= 2 * pieces.count, "\(lines) lines of \(pieces.count)")
    if let certificate = RefusedCertificate(line: text) { _ = (certificate.failure, certificate.text) }
    var configuration = Configuration(bootstrapServers: ["b:1"])
    configuration.batching.compression = .gzip
    var codecs = CodecWatch(configuration, version: 0x0200_02ff, versionText: "2.0.2")
    for warning in codecs.note(facility: "APIVERSION", line: text) {
        checkShown(LogEntry(level: .warning, facility: "X", message: warning).message, limit: 1_001)
    }
    var diagnosis = ConnectionDiagnosis(configuration, brokenSCRAMVersion: "2.0.2")
    _ = diagnosis.note(line: text)
    for code in [KafkaError.Code.transport, .tls, .authentication, .allBrokersDown, .resolve] {
        checkShown(diagnosis.explain(code, text, at: now).message, limit: 1_001)
    }
    _ = diagnosis.recentTrouble(at: now)
}

private func fuzzPEM(_ input: Input) {
    var input = input
    let content: PEMCheck.Content = [.certificates, .key, .any][input.choice(of: 3)]
    let isEmpty = !input.bytes.contains { $0 > 32 }
    guard let fault = PEMCheck.fault(in: input.bytes, content: content) else {
        return check(!isEmpty, "empty is whole")
    }
    checkShown(fault, limit: 100)
}

private func fuzzTokens(_ text: String) {
    guard let tokens = try? UnsignedTokens(text) else { return }
    let token = tokens.make()
    check(token.value.split(separator: ".").count == 2, "\(token.value)")
    check(!token.description.contains(token.value), "shown")
}
