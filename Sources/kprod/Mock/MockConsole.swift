// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Hears words about faults on standard input while a mock cluster serves.
struct MockConsole: Sendable {
    private static let help = [
        "rtt TIME[/BROKER]                  every answer comes so much later",
        "fail REQUEST:ERROR[*N][/BROKER]    the next N requests fail, such as Produce:NOT_ENOUGH_REPLICAS*5",
        "delay REQUEST:TIME[/BROKER]        the next answer comes so much later",
        "down BROKER|all, up BROKER|all     brokers go and come back",
        "leader TOPIC:PARTITION=BROKER      a partition gets another leader, or none",
        "topic NAME:PARTITIONS              a topic comes into being",
        "topic-error TOPIC:ERROR|none       what brokers say of a topic",
        "clear                              forget failures that no request has met yet",
        "any of them with @TIME             so much later",
        "quit                               end",
    ]

    let server: MockServer
    let terminal: Terminal

    /// Whether anybody can say something: a process in the background would be stopped for reading from its terminal.
    static var canListen: Bool { isatty(STDIN_FILENO) == 0 || tcgetpgrp(STDIN_FILENO) == getpgrp() }

    /// Reads until the end of the input (false), or until it is asked to quit (true).
    func listen() async -> Bool {
        let reader = ChunkReader(.standardInput)
        reader.start()
        defer { reader.stop() }
        var splitter = LineSplitter(limit: 10_000)
        while let chunk = await reader.next() {
            var offset = 0
            pieces: while true {
                switch splitter.next(in: chunk.span, at: &offset) {
                case .line(let range):
                    if await hear([UInt8](copying: chunk.span.extracting(range))) { return true }
                case .carried:
                    let line = splitter.carry
                    splitter.dropCarry()
                    if await hear(line) { return true }
                case .tooLong: terminal.error("mock: a line is too long")
                case .needsMore: break pieces
                }
            }
        }
        return false
    }

    /// Does what a line says; true if it says to end.
    private func hear(_ bytes: [UInt8]) async -> Bool {
        let line = String(decoding: bytes, as: UTF8.self)
        // As an option it may be written, too.
        let words = line.split { $0.isWhitespace || $0 == "\r" }.map { String($0) }
        guard let first = words.first else { return false }
        let word = first.hasPrefix("--") ? String(first.dropFirst(2)) : first
        switch word {
        case "quit", "exit": return true
        case "help": Self.help.forEach { terminal.note($0) }
        default:
            do throws(OptionValue.Invalid) {
                let fault = try MockFault(word, words.dropFirst().joined(separator: " "))
                if fault.delay == .zero {
                    await server.apply(fault)
                } else {
                    Task { await server.apply(fault) }
                }
            } catch {
                terminal.error("mock: \"\(printable(line))\" \(error.reason)")
            }
        }
        return false
    }
}
