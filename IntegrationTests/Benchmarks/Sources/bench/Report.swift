// SPDX-License-Identifier: Apache-2.0

import CBaseline
import Foundation
import Scenarios

/// Everything one call of the driver measured, as `--json` writes it.
struct Report: Codable {
    var machine: Machine
    /// Where the brokers were, such as `far, 10 ms`.
    var place: String
    var effort: Effort
    var measurements: [Measurement] = []

    init(machine: Machine, place: String, effort: Effort) {
        self.machine = machine
        self.place = place
        self.effort = effort
    }

    init(file: String) throws {
        self = try JSONDecoder().decode(Report.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }

    func write(to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(self).write(to: URL(fileURLWithPath: file))
    }
}

/// What the numbers depend on.
struct Machine: Codable {
    var processor: String
    var cores: Int
    var system: String
    var librdkafka: String
    var date: Date

    static var current: Machine {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        return Machine(
            processor: model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown",
            cores: ProcessInfo.processInfo.activeProcessorCount,
            system: ProcessInfo.processInfo.operatingSystemVersionString,
            librdkafka: String(cString: cbaseline_librdkafka_version()),
            date: Date()
        )
    }
}

/// One scenario: every round of every implementation, by its name.
struct Measurement: Codable {
    var scenario: String
    var messages: Int
    var rounds: [String: [RunResult]] = [:]
    /// Calls of the allocator per message, from a run of their own.
    var allocations: [String: Double] = [:]

    init(scenario: String, messages: Int) {
        self.scenario = scenario
        self.messages = messages
    }

    mutating func add(_ result: RunResult, of implementation: Implementation) {
        rounds[implementation.rawValue, default: []].append(result)
    }

    /// The median over the rounds; nil without any.
    func median(_ implementation: Implementation, _ number: (RunResult) -> Double?) -> Double? {
        let values = (rounds[implementation.rawValue] ?? []).compactMap(number).sorted()
        guard !values.isEmpty else { return nil }
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    /// Implementations that ran, C first.
    var implementations: [Implementation] { Implementation.allCases.filter { rounds[$0.rawValue] != nil } }
}
