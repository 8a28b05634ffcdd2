// SPDX-License-Identifier: Apache-2.0

import Scenarios

/// A report for people.
struct Tables {
    let report: Report

    var text: String {
        let tables = [
            ("Throughput", throughput), ("The sender's own thread", sender),
            ("Latency from the intended time of sending", latency), ("Memory over the idle process", memory),
            ("While one of three brokers is silent", silence), ("Idle", idle), ("Goals", report.goals),
        ]
        return ([head] + tables.filter { !$1.isEmpty }.map { "\($0)\n\($1.text)" }).joined(separator: "\n\n")
    }

    private var head: String {
        let machine = report.machine
        let properties = Scenario.all[0].librdkafkaProperties(brokers: "").dropFirst()
        return """
            \(machine.processor), \(machine.cores) cores, \(machine.system), librdkafka \(machine.librdkafka), brokers: \(report.place)
            C and Swift: \(properties.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
            (latency-profile: linger.ms=0.5; budget-10k: C with queue.buffering.max.kbytes=1048576)
            Medians; ratios are ours / theirs; CPU is user and system time of the client process, own without librdkafka's threads.
            Beside peers and kcat, CPU is that of the whole process from its start to its end, on both sides.
            """
    }

    private var throughput: TextTable {
        var table = TextTable([
            "scenario", "against", "msg/s", "ours", "ratio", "CPU ns/msg", "ours", "ratio", "own ns", "ours", "ratio",
            "MB",
            "ours", "alloc/msg diff",
        ])
        for pair in report.pairs({ !$0.isPaced && $0.sending != .idle }) {
            let memory = pair.values(\.peakResidentMegabytes)
            table.add(
                pair.names + cells(pair.values(\.messagesPerSecond)) + cells(pair.cpu)
                    + cells(pair.other.isPeer ? (nil, nil) : pair.values(\.ownCPUNanosecondsPerMessage))
                    + [number(memory.theirs, 1), number(memory.ours, 1), allocations(pair)]
            )
        }
        return table
    }

    private var sender: TextTable {
        var table = TextTable(["scenario", "against", "ns/msg", "ours", "ratio"])
        for pair in report.pairs(\.hasSenderThread) {
            table.add(pair.names + cells(pair.values(\.sendingNanosecondsPerMessage)))
        }
        return table
    }

    private var latency: TextTable {
        var table = TextTable([
            "scenario", "against", "p50 µs", "ours", "ratio", "p99 µs", "ours", "ratio", "p99.9 µs", "ours", "ratio",
            "CPU ns/msg", "ours", "ratio", "msg/s", "ours",
        ])
        for pair in report.pairs({ $0.isPaced && !$0.places.contains(.hung) }) {
            let rate = pair.values(\.messagesPerSecond)
            table.add(
                pair.names + cells(pair.values(\.p50Microseconds)) + cells(pair.values(\.p99Microseconds))
                    + cells(pair.values(\.p999Microseconds)) + cells(pair.cpu) + [
                        number(rate.theirs), number(rate.ours),
                    ]
            )
        }
        return table
    }

    private var memory: TextTable {
        var table = TextTable(["scenario", "against", "MB", "ours", "difference"])
        for pair in report.pairs({ $0.sending != .idle }) where pair.values(\.grownMegabytes).theirs != nil {
            let (theirs, ours) = pair.values(\.grownMegabytes)
            let difference = theirs.flatMap { theirs in ours.map { $0 - theirs } }
            table.add(pair.names + [number(theirs, 1), number(ours, 1), number(difference, 1)])
        }
        return table
    }

    private var silence: TextTable {
        var table = TextTable([
            "scenario", "who", "CPU % beyond the sender", "sender %", "others' p99 ms before", "during", "longest",
            "others delivered %", "sent/s",
        ])
        for measurement in report.measurements {
            for implementation in measurement.implementations {
                func median(_ number: (RunResult.Hang) -> Double) -> Double? {
                    measurement.median(implementation) { $0.hang.map(number) }
                }
                guard let cpu = median(\.cpuBeyondSenderPercent) else { continue }
                let times = [\.othersBeforeP99Microseconds, \.othersP99Microseconds, \.othersMaxMicroseconds].map(
                    median
                )
                table.add(
                    [measurement.scenario, implementation.title, number(cpu, 2), number(median(\.senderPercent), 2)]
                        + times.map { number($0.map { $0 / 1_000 }, 1) }
                        + [number(median(\.othersDeliveredPercent), 2), number(median(\.sentPerSecond))]
                )
            }
        }
        return table
    }

    private var idle: TextTable {
        var table = TextTable(["scenario", "against", "CPU %", "ours", "wake-ups/s", "ours", "MB", "ours"])
        for pair in report.pairs({ $0.sending == .idle }) {
            let (cpu, wakeUps) = (pair.values(\.cpuPercent), pair.values(\.wakeUpsPerSecond))
            let memory = pair.values(\.peakResidentMegabytes)
            table.add(
                pair.names + [
                    number(cpu.theirs, 3), number(cpu.ours, 3), number(wakeUps.theirs, 1), number(wakeUps.ours, 1),
                    number(memory.theirs, 1), number(memory.ours, 1),
                ]
            )
        }
        return table
    }

    private func cells(_ pair: (theirs: Double?, ours: Double?)) -> [String] {
        [number(pair.theirs), number(pair.ours), ratio(pair.ours, pair.theirs)]
    }

    private func allocations(_ pair: Pair) -> String {
        let counts = pair.measurement.allocations
        guard let ours = counts[pair.scenario.ours.rawValue], let theirs = counts[pair.other.rawValue] else {
            return "–"
        }
        return number(ours - theirs, 3)
    }
}
