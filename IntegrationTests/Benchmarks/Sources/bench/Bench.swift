// SPDX-License-Identifier: Apache-2.0

import CBaseline
import Foundation
import Scenarios

/// `bench`: runs every scenario in C and in Swift, in turns, and prints how they compare.
@main
struct Bench {
    static func main() {
        do {
            switch try Command(arguments: Array(CommandLine.arguments.dropFirst())) {
            case .help: print(Options.help)
            case .list: for scenario in Scenario.all { print("\(scenario.name)\t\(scenario.summary)") }
            case .topics: printTopics()
            case .compare(let old, let new): try compare(old, new)
            case .run(let options): try run(options)
            }
        } catch {
            FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
            exit(1)
        }
    }

    /// `NAME:PARTITIONS` of every topic, for the mock.
    private static func printTopics() {
        var seen: Set<String> = []
        for scenario in Scenario.all where scenario.places.contains(.mock) && seen.insert(scenario.topicPrefix).inserted
        {
            for name in scenario.topicNames { print("\(name):\(scenario.partitions)") }
        }
    }

    private static func compare(_ old: String, _ new: String) throws {
        print(Comparison(old: try Report(file: old), new: try Report(file: new)).text)
    }

    private static func run(_ options: Options) throws {
        let report = try Runner(options: options).run()
        if options.effort == .smoke {
            print("smoke: \(report.measurements.count) scenarios in C and Swift, every message accounted for")
        } else {
            print(Tables(report: report).text)
        }
        if let file = options.jsonFile { try report.write(to: file) }
    }
}

/// Why the driver stops.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
