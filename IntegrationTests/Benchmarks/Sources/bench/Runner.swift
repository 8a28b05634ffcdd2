// SPDX-License-Identifier: Apache-2.0

import CBaseline
import Foundation
import Scenarios

/// Runs the scenarios one after the other.
struct Runner {
    let options: Options

    func run() throws -> Report {
        var report = Report(machine: .current, isRealBroker: options.isRealBroker, effort: options.effort)
        let client = ClientProcess(brokers: options.brokers)
        for (index, scenario) in options.scenarios.enumerated() {
            progress("\(index + 1)/\(options.scenarios.count) \(scenario.name): \(scenario.summary)")
            if options.isRealBroker { try createTopics(scenario) }
            report.measurements.append(try measure(scenario, client))
            if options.isRealBroker { try deleteTopics(scenario) }
        }
        return report
    }

    /// C, Swift, C, Swift, …: what else the machine does meets both.
    private func measure(_ scenario: Scenario, _ client: ClientProcess) throws -> Measurement {
        let implementations = scenario.baselines + [.swift]
        var order = RunOrder(
            scenario: scenario,
            implementation: .c,
            messages: scenario.messages == 0 ? 0 : options.givenMessages ?? options.effort.messages(scenario),
            warmup: options.effort.warmup(scenario),
            idleMilliseconds: options.effort.idleMilliseconds
        )
        var measurement = Measurement(scenario: scenario.name, messages: order.messages)
        for _ in 0..<options.effort.rounds(scenario, of: options.rounds) {
            for implementation in implementations {
                order.implementation = implementation
                if let result = try client.run(order) { measurement.add(result, of: implementation) }
            }
        }
        order.messages = min(order.messages, options.effort.countedMessages(scenario))
        order.countsAllocations = true
        if order.messages > 0 {
            for implementation in implementations {
                order.implementation = implementation
                measurement.allocations[implementation.rawValue] = try client.run(order)?.allocationsPerMessage
            }
        }
        return measurement
    }

    private func createTopics(_ scenario: Scenario) throws {
        try administrate { error, size in
            cbaseline_create_topics(
                options.brokers,
                scenario.topicPrefix,
                Int32(scenario.topics),
                Int32(scenario.partitions),
                error,
                size
            )
        }
    }

    private func deleteTopics(_ scenario: Scenario) throws {
        try administrate { error, size in
            cbaseline_delete_topics(options.brokers, scenario.topicPrefix, Int32(scenario.topics), error, size)
        }
    }

    private func administrate(_ body: (UnsafeMutablePointer<CChar>?, Int) -> Int32) throws {
        var error = [CChar](repeating: 0, count: 512)
        let status = error.withUnsafeMutableBufferPointer { body($0.baseAddress, $0.count) }
        guard status == 0 else {
            throw BenchError(String(decoding: error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
    }

    private func progress(_ text: String) {
        FileHandle.standardError.write(Data("bench: \(text)\n".utf8))
    }
}
