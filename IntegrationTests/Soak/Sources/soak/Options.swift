// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What was asked for.
struct Options {
    enum Task {
        case lives(Int)
        case load(seconds: Int)
        case help
    }

    var task = Task.help
    var firstLife = 0
    /// Every second process of lives is against a mock cluster, the others against the brokers named.
    var isHalf = false
    var rate = 5_000
    /// Librdkafka's, `NAME=VALUE` each.
    var properties: [String] = []
    var servers: String?

    init(arguments: [String]) throws {
        servers = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"].flatMap { $0.isEmpty ? nil : $0 }
        var rest = arguments[...]
        func next(after name: String) throws -> Int {
            guard let text = rest.popFirst(), let number = Int(text), number >= 0 else {
                throw SoakError("\(name) needs a number; see --help")
            }
            return number
        }
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h":
                task = .help
                return
            case "--repeat": task = .lives(try next(after: argument))
            case "--first": firstLife = try next(after: argument)
            case "--seconds": task = .load(seconds: try next(after: argument))
            case "--half": isHalf = true
            case "-X":
                guard let property = rest.popFirst() else { throw SoakError("-X needs NAME=VALUE; see --help") }
                properties.append(property)
            case "--rate": rate = try next(after: argument)
            default:
                guard let minutes = Int(argument), minutes > 0 else {
                    throw SoakError("\(argument) is not known; see --help")
                }
                task = .load(seconds: minutes * 60)
            }
        }
        if isHalf, servers == nil { throw SoakError("--half needs brokers: KAFKA_BOOTSTRAP_SERVERS; see --help") }
    }

    static let help = """
        Usage: Scripts/soak MINUTES | --repeat N | --model N

          MINUTES          5,000 messages/s under random faults of a mock cluster; at the end the account, and how memory,
                           threads and descriptors went
          --seconds N      the same, shorter
          --rate N         another rate
          --repeat N       N short lives of a producer under a watchdog: one that stands still for 20 s is a failure, with
                           what the producer says of itself and the stacks of all threads
          --first N        from this life on
          --half           half of them against real brokers: those of KAFKA_BOOTSTRAP_SERVERS, or one that is started out of
                           KAFKA_HOME or ../shared/kafka
          -X NAME=VALUE    a property of librdkafka's
          --model N        N random lives against the reference of the model test, in its own process

        Against a mock cluster, or without its faults against the brokers that KAFKA_BOOTSTRAP_SERVERS names (topic "soak").
        """
}
