// SPDX-License-Identifier: Apache-2.0

import CMeasure
import Scenarios

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// `bench-client-swift`: one scenario in one process, so that memory and CPU are only its own. Prints one JSON object.
@main
struct BenchClientSwift {
    static func main() async {
        bench_limit_life(600)
        do {
            let run = try Run(arguments: Array(CommandLine.arguments.dropFirst()))
            try await SwiftClient.measure(run)
        } catch {
            let text = "bench-client-swift: \(error)\n"
            _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
            exit(1)
        }
    }
}

/// Why there is no result.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What to run.
struct Run: Sendable {
    let scenario: Scenario
    let brokers: String
    let messages: Int
    let warmup: Int
    let idle: Duration
    let silence: Silence?

    init(arguments: [String]) throws {
        var values: [String: String] = [:]
        for index in stride(from: 0, to: arguments.count - 1, by: 2) {
            values[arguments[index]] = arguments[index + 1]
        }
        func value<Value>(_ name: String, _ convert: (String) -> Value?) throws -> Value {
            guard let text = values[name], let value = convert(text) else {
                throw BenchError("\(name) is missing or wrong; the names of scenarios are in `Scripts/bench --list`")
            }
            return value
        }
        scenario = try value("--scenario") { Scenario.named($0) }
        brokers = try value("--brokers") { $0 }
        messages = try value("--messages") { Int($0) }
        warmup = try value("--warmup") { Int($0) }
        idle = .milliseconds(try value("--idle-ms") { Int($0) })
        silence =
            values["--hang-ms"] == nil
            ? nil
            : Silence(
                start: try value("--hang-start-ms") { Int($0) },
                length: try value("--hang-ms") { Int($0) },
                brokers: try value("--broker-count") { Int($0) }
            )
    }
}

/// When one of the brokers falls silent after the first message was due, and how long, in milliseconds.
struct Silence: Sendable {
    let start: Int
    let length: Int
    let brokers: Int
}
