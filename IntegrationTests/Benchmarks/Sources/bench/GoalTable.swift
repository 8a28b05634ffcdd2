// SPDX-License-Identifier: Apache-2.0

import Scenarios

extension Report {
    /// What was to be reached where this was measured, and what was.
    var goals: TextTable {
        var table = TextTable(["scenario", "against", "figure", "goal", "measured", ""])
        for pair in pairs({ _ in true }) {
            let mine = Goal.all.filter {
                $0.scenario == pair.scenario.name && $0.against == pair.other && place.hasPrefix($0.place.rawValue)
            }
            for goal in mine {
                guard let (text, measured, isMet) = goal.verdict(on: pair.values(of: goal.figure)) else { continue }
                table.add(pair.names + [goal.figure.rawValue, text, measured, isMet ? "reached" : "missed"])
            }
        }
        return table
    }
}

extension Pair {
    fileprivate func values(of figure: Goal.Figure) -> (theirs: Double?, ours: Double?) {
        switch figure {
        case .rate: values(\.messagesPerSecond)
        case .cpu: cpu
        case .sending: values(\.sendingNanosecondsPerMessage)
        case .p50: values(\.p50Microseconds)
        case .p99: values(\.p99Microseconds)
        case .grown: values(\.grownMegabytes)
        case .hungCPU: values { $0.hang?.cpuBeyondSenderPercent }
        case .hungLongest: values { $0.hang?.othersMaxMicroseconds }
        }
    }
}

extension Goal {
    /// The goal and what was measured in words, and whether it was reached; nil when there is nothing to compare.
    fileprivate func verdict(on figures: (theirs: Double?, ours: Double?)) -> (String, String, Bool)? {
        guard let ours = figures.ours, let theirs = figures.theirs, theirs > 0 else { return nil }
        switch limit {
        case .atLeast(let ratio): return ("≥ \(number(ratio, 2))", number(ours / theirs, 2), ours / theirs >= ratio)
        case .atMost(let ratio): return ("≤ \(number(ratio, 2))", number(ours / theirs, 2), ours / theirs <= ratio)
        case .atMostMore(let more):
            return ("≤ theirs + \(number(more))", "theirs + \(number(ours - theirs, 1))", ours - theirs <= more)
        case .atMostAlone(let most): return ("≤ \(number(most, 1))", number(ours, 1), ours <= most)
        }
    }
}
