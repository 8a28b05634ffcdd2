// SPDX-License-Identifier: Apache-2.0

import Scenarios

/// One of ours beside one of the others.
struct Pair {
    let measurement: Measurement
    let scenario: Scenario
    let other: Implementation

    /// Medians.
    func values(_ number: (RunResult) -> Double?) -> (theirs: Double?, ours: Double?) {
        (measurement.median(other, number), measurement.median(scenario.ours, number))
    }

    /// Compared like with like.
    var cpu: (theirs: Double?, ours: Double?) {
        values(other.isMeasuredWhole ? \.wholeCPUNanosecondsPerMessage : \.cpuNanosecondsPerMessage)
    }

    var names: [String] {
        [scenario.name, other == .reference ? scenario.reference ?? other.title : other.title]
    }
}

extension Report {
    /// Every measurement of such scenarios, with each of the others.
    func pairs(_ fits: (Scenario) -> Bool) -> [Pair] {
        measurements.flatMap { measurement in
            guard let scenario = Scenario.named(measurement.scenario), fits(scenario) else { return [Pair]() }
            return measurement.implementations.filter { !$0.isOurs }.map {
                Pair(measurement: measurement, scenario: scenario, other: $0)
            }
        }
    }
}
