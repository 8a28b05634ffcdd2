// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// What a broker shows of itself: read with the `openssl` command, since the client keeps it to itself.
struct PeerCertificate: Equatable, Sendable {
    let subject: String
    let issuer: String
    let expiry: Date

    /// As in `CN=kafka-1, issued by CN=ca, expires 2027-01-01 (in 40 days)`.
    func text(at now: Date) -> String {
        let days = Int((expiry.timeIntervalSince(now) / 86_400).rounded(.down))
        let day = expiry.formatted(.iso8601.year().month().day())
        let left = days < 0 ? "EXPIRED \(-days) days ago" : days < 30 ? "in \(days) days: RENEW IT" : "in \(days) days"
        return "\(printable(subject)), issued by \(printable(issuer)), expires \(day) (\(left))"
    }

    /// Asks the broker; nil without the command, or without an answer.
    static func fetch(from server: String, timeout: Duration) async -> PeerCertificate? {
        let host = server.lastIndex(of: ":").map { String(server[..<$0]) } ?? server
        let name = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        let shown = await run(["s_client", "-connect", server, "-servername", name], input: "", timeout)
        guard let shown, shown.contains("BEGIN CERTIFICATE") else { return nil }
        let fields = ["x509", "-noout", "-subject", "-issuer", "-enddate", "-nameopt", "RFC2253"]
        return await run(fields, input: shown, timeout).flatMap { parse($0) }
    }

    static func parse(_ text: String) -> PeerCertificate? {
        var fields: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = String(parts[1]) }
        }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "MMM d HH:mm:ss yyyy zzz"
        guard let subject = fields["subject"], let issuer = fields["issuer"],
            let expiry = fields["notAfter"].flatMap({
                format.date(from: $0.split(separator: " ").joined(separator: " "))
            })
        else { return nil }
        return PeerCertificate(subject: subject, issuer: issuer, expiry: expiry)
    }

    private static func run(_ arguments: [String], input: String, _ timeout: Duration) async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: output(of: arguments, input: input, timeout))
            }
        }
    }

    /// Blocks until the command has ended, or was ended.
    private static func output(of arguments: [String], input: String, _ timeout: Duration) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let watchdog = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + timeout / .seconds(1), execute: watchdog)
        try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try? stdin.fileHandleForWriting.close()
        let data = try? stdout.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        watchdog.cancel()
        return data.map { String(decoding: $0, as: UTF8.self) }
    }
}
