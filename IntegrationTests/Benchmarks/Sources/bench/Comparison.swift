// SPDX-License-Identifier: Apache-2.0

import Scenarios

/// What changed from one report to another.
struct Comparison {
    let old: Report
    let new: Report

    var text: String {
        var table = TextTable(["scenario", "who", "number", "old", "new", "change"])
        for measurement in new.measurements {
            guard let before = old.measurements.first(where: { $0.scenario == measurement.scenario }) else { continue }
            for implementation in measurement.implementations where before.implementations.contains(implementation) {
                add(implementation, before, measurement, to: &table)
            }
        }
        return """
            old: \(describe(old))
            new: \(describe(new))

            \(table.text)
            """
    }

    private func describe(_ report: Report) -> String {
        "\(report.machine.date.formatted(.iso8601)), \(report.effort.rawValue), \(report.place), "
            + "\(report.machine.processor), librdkafka \(report.machine.librdkafka)"
    }

    private func add(
        _ implementation: Implementation,
        _ before: Measurement,
        _ after: Measurement,
        to table: inout TextTable
    ) {
        func row(_ name: String, _ old: Double?, _ new: Double?, decimals: Int = 0) {
            guard let old, let new, old != 0 || new != 0 else { return }
            let change = old == 0 ? "–" : (new >= old ? "+" : "") + number((new / old - 1) * 100, 1) + " %"
            let values = [number(old, decimals), number(new, decimals), change]
            table.add([after.scenario, implementation.rawValue, name] + values)
        }
        func medians(_ name: String, _ value: (RunResult) -> Double?, decimals: Int = 0) {
            row(name, before.median(implementation, value), after.median(implementation, value), decimals: decimals)
        }
        medians("msg/s", \.messagesPerSecond)
        medians("ns/msg", \.cpuNanosecondsPerMessage)
        medians("MB", \.peakResidentMegabytes, decimals: 1)
        medians("p50 µs", \.p50Microseconds)
        medians("p99 µs", \.p99Microseconds)
        medians("p99.9 µs", \.p999Microseconds)
        let name = implementation.rawValue
        row("alloc/msg", before.allocations[name], after.allocations[name], decimals: 3)
    }
}
