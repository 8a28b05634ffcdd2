// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// What happens to two processes that send to one topic, made from a seed and nothing else.
///
/// When it happens to what is not in the seed: a run that is made again takes the same blows, at nearly the same moments.
struct RandomRun: Sendable, CustomTestStringConvertible {
    /// How the input is written.
    enum Format: CaseIterable {
        case lines, keys, json, template, frames, console, files
    }

    /// What one process is to send.
    struct Input {
        let name: String
        /// Records that are too long to be sent.
        let bad: Set<Int>
        /// When it is told to end, and whether at once.
        let stops: [(after: Duration, isHard: Bool)]
    }

    enum Fault {
        case refuse(KafkaError.Code, count: Int)
        case roundTrip(Duration)
    }

    static let longest = 1_000

    let seed: UInt64
    let format: Format
    /// How many records are in a transaction; nil without transactions.
    let transactionSize: Int?
    let inputs: [Input]
    let faults: [(after: Duration, fault: Fault)]

    /// Consecutive seeds have every format, with and without transactions.
    static let kinds = UInt64(Format.allCases.count * 2)

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func milliseconds(_ range: ClosedRange<Int>) -> Duration {
            .milliseconds(Int.random(in: range, using: &random))
        }
        self.seed = seed
        let formats = Format.allCases
        format = formats[Int(seed % UInt64(formats.count))]
        let count = Self.count(of: format)
        let isTransactional = seed / UInt64(formats.count) % 2 == 1
        transactionSize = isTransactional ? Int.random(in: count / 20...count / 4, using: &random) : nil
        inputs = ["a", "b"].map { name in
            // One that cannot be sent would abort its transaction every time.
            let badCount = isTransactional ? 0 : Int.random(in: 0...3, using: &random)
            let bad = (0..<badCount).map { _ in Int.random(in: 0..<count, using: &random) }
            let stops = (0..<3).map { _ in (milliseconds(50...400), Bool.random(using: &random)) }
            return Input(name: name, bad: Set(bad), stops: stops)
        }
        faults = (0..<10).map { _ in
            let fault: Fault =
                switch Int.random(in: 0..<5, using: &random) {
                case 0: .refuse(.policyViolation, count: 1)
                case 1: .refuse(.messageTooLarge, count: 1)
                case 2: .refuse(KafkaError.Code(rawValue: 6), count: 2)
                case 3: .roundTrip(milliseconds(0...60))
                default: .refuse(.notEnoughReplicas, count: 1)
                }
            return (milliseconds(20...200), fault)
        }
    }

    var testDescription: String {
        "seed \(seed): \(format)\(transactionSize.map { ", transactions of \($0)" } ?? "")"
    }

    /// How many records each of the inputs has.
    var count: Int { Self.count(of: format) }

    private static func count(of format: Format) -> Int { format == .files ? 200 : 2_000 }

    // MARK: Input

    var options: [String] {
        let transactions = transactionSize.map { ["--txn-size", "\($0)"] } ?? []
        switch format {
        case .lines: return transactions
        case .keys: return transactions + ["-K:"]
        case .json: return transactions + ["--format", "json"]
        case .template: return transactions + ["-f", "%k %v\\n"]
        case .frames: return transactions + ["--frame", "u32be"]
        case .console: return transactions + ["--format", "console", "--parse-key", "--parse-headers"]
        case .files: return transactions + ["--format", "file", "--key-from-filename"]
        }
    }

    func value(_ number: Int, of input: Input) -> String {
        let filler = input.bad.contains(number) ? String(repeating: "x", count: Self.longest * 2) : ""
        return "\(input.name)\(number)\(filler)"
    }

    /// The key that belongs to a value.
    func key(of value: String) -> String? {
        switch format {
        case .lines, .frames: nil
        case .keys, .json, .template, .console: "k\(value.utf8.count % 7)"
        case .files: value
        }
    }

    func headers(of value: String) -> [RecordHeader] {
        format == .console ? [RecordHeader("h", KafkaBytes(Array(value.utf8)))] : []
    }

    /// A record as it is in an input.
    private func record(_ value: String) -> [UInt8] {
        let key = key(of: value) ?? ""
        switch format {
        case .lines: return Array("\(value)\n".utf8)
        case .keys: return Array("\(key):\(value)\n".utf8)
        case .json: return Array("{\"key\":\"\(key)\",\n\"value\":\"\(value)\"}\n".utf8)
        case .template: return Array("\(key) \(value)\n".utf8)
        case .frames:
            let size = value.utf8.count
            return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } + Array(value.utf8)
        case .console: return Array("h:\(value)\t\(key)\t\(value)\n".utf8)
        case .files: return Array(value.utf8)
        }
    }

    /// Puts an input into files; returns these, or what is written to standard input, as to Kafka's console producer.
    func write(_ input: Input, into folder: URL) throws -> (paths: [String], standardInput: Data) {
        let records = (0..<count).map { record(value($0, of: input)) }
        switch format {
        case .files:
            let paths = (0..<count).map { folder.appending(path: "\(input.name)\($0)").path }
            for (path, record) in zip(paths, records) { try Data(record).write(to: URL(fileURLWithPath: path)) }
            return (paths, Data())
        case .console: return ([], Data(records.joined()))
        default:
            let file = folder.appending(path: input.name)
            try Data(records.joined()).write(to: file)
            return ([file.path], Data())
        }
    }

    // MARK: Faults

    func disturb(_ cluster: MockCluster) async throws {
        for (after, fault) in faults {
            try await Task.sleep(for: after)
            switch fault {
            case .refuse(let code, let count): try await cluster.failNext(.produce, with: code, count: count)
            case .roundTrip(let time): try await cluster.setRoundTripTime(time)
            }
        }
        try await cluster.setRoundTripTime(.zero)
    }
}
