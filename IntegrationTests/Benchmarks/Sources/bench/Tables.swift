// SPDX-License-Identifier: Apache-2.0

import Scenarios

/// A report for people.
struct Tables {
    let report: Report

    var text: String {
        let tables = [
            ("Throughput", throughput), ("Latency from the intended time of sending", latency), ("Idle", idle),
        ]
        return ([head] + tables.filter { !$1.isEmpty }.map { "\($0)\n\($1.text)" }).joined(separator: "\n\n")
    }

    private var head: String {
        let machine = report.machine
        let properties = Scenario.all[0].librdkafkaProperties(brokers: "").dropFirst()
        return """
            \(machine.processor), \(machine.cores) cores, \(machine.system), librdkafka \(machine.librdkafka)
            Both sides: \(properties.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
            (latency-profile: linger.ms=0.5; budget-10k: C with queue.buffering.max.kbytes=1048576)
            Medians; ratios are Swift / C; CPU is user and system time of the client process, own without librdkafka's threads.
            """
    }

    private func measurements(_ fits: (Scenario) -> Bool) -> [Measurement] {
        report.measurements.filter { Scenario.named($0.scenario).map(fits) ?? false }
    }

    private var throughput: TextTable {
        var table = TextTable([
            "scenario", "against", "C msg/s", "Swift msg/s", "ratio", "C ns/msg", "Swift ns/msg", "ratio", "C own ns",
            "Swift own ns", "ratio", "C MB", "Swift MB", "alloc/msg diff", "where",
        ])
        for measurement in measurements({ !$0.isPaced && $0.sending != .idle }) {
            for baseline in measurement.implementations where baseline != .swift {
                let rate = pair(measurement, baseline, \.messagesPerSecond)
                let cpu = pair(measurement, baseline, \.cpuNanosecondsPerMessage)
                let own = pair(measurement, baseline, \.ownCPUNanosecondsPerMessage)
                let memory = pair(measurement, baseline, \.peakResidentMegabytes)
                let names = [measurement.scenario, baseline == .c ? "produce" : "produce_batch"]
                let rest = [number(memory.c, 1), number(memory.swift, 1), allocations(measurement, baseline)]
                table.add(names + cells(rate) + cells(cpu) + cells(own) + rest + [report.place])
            }
        }
        return table
    }

    private var latency: TextTable {
        var table = TextTable([
            "scenario", "C p50 µs", "Swift p50", "ratio", "C p99 µs", "Swift p99", "ratio", "C p99.9 µs", "Swift p99.9",
            "ratio", "C ns/msg", "Swift ns/msg", "ratio", "C msg/s", "Swift msg/s", "where",
        ])
        for measurement in measurements({ $0.isPaced }) {
            let rate = pair(measurement, .c, \.messagesPerSecond)
            table.add(
                [measurement.scenario]
                    + cells(pair(measurement, .c, \.p50Microseconds))
                    + cells(pair(measurement, .c, \.p99Microseconds))
                    + cells(pair(measurement, .c, \.p999Microseconds))
                    + cells(pair(measurement, .c, \.cpuNanosecondsPerMessage))
                    + [number(rate.c), number(rate.swift), report.place]
            )
        }
        return table
    }

    private var idle: TextTable {
        var table = TextTable([
            "scenario", "C CPU %", "Swift CPU %", "C wake-ups/s", "Swift wake-ups/s", "C MB", "Swift MB", "where",
        ])
        for measurement in measurements({ $0.sending == .idle }) {
            let cpu = pair(measurement, .c, \.cpuPercent)
            let wakeUps = pair(measurement, .c, \.wakeUpsPerSecond)
            let memory = pair(measurement, .c, \.peakResidentMegabytes)
            table.add([
                measurement.scenario, number(cpu.c, 3), number(cpu.swift, 3), number(wakeUps.c, 1),
                number(wakeUps.swift, 1), number(memory.c, 1), number(memory.swift, 1), report.place,
            ])
        }
        return table
    }

    private func pair(
        _ measurement: Measurement,
        _ baseline: Implementation,
        _ number: (RunResult) -> Double?
    ) -> (c: Double?, swift: Double?) {
        (measurement.median(baseline, number), measurement.median(.swift, number))
    }

    private func cells(_ pair: (c: Double?, swift: Double?)) -> [String] {
        [number(pair.c), number(pair.swift), ratio(pair.swift, pair.c)]
    }

    private func allocations(_ measurement: Measurement, _ baseline: Implementation) -> String {
        guard let swift = measurement.allocations[Implementation.swift.rawValue],
            let c = measurement.allocations[baseline.rawValue]
        else { return "–" }
        return number(swift - c, 3)
    }
}
