// SPDX-License-Identifier: Apache-2.0

import Scenarios

/// What the driver was asked for.
enum Command {
    case run(Options)
    case compare(String, String)
    case list
    case topics
    case help

    init(arguments: [String]) throws {
        var options = Options()
        var brokers: String?
        var rest = arguments[...]
        func next(after name: String) throws -> String {
            guard let value = rest.popFirst() else { throw BenchError("\(name) needs a value; see --help") }
            return value
        }
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h":
                self = .help
                return
            case "--list":
                self = .list
                return
            case "--topics":
                self = .topics
                return
            case "--compare":
                self = .compare(try next(after: argument), try next(after: argument))
                return
            case "--quick": options.effort = .quick
            case "--smoke": options.effort = .smoke
            case "--real": options.place = .real
            case "--far":
                options.place = .far
                options.farMilliseconds = try positive(next(after: argument), argument)
            case "--hung":
                options.place = .hung
                options.silence = Silence(seconds: try positive(next(after: argument), argument))
            case "--peers": options.peers = try peers(next(after: argument))
            case "--json": options.jsonFile = try next(after: argument)
            case "--brokers": brokers = try next(after: argument)
            case "--rounds": options.givenRounds = try positive(next(after: argument), argument)
            case "--messages": options.givenMessages = try positive(next(after: argument), argument)
            case "--scenario":
                let name = try next(after: argument)
                guard let scenario = Scenario.named(name) else { throw BenchError("no scenario \(name); see --list") }
                options.selected.append(scenario)
            default: throw BenchError("\(argument) is not known; see --help")
            }
        }
        guard let brokers else { throw BenchError("--brokers is missing; Scripts/bench starts a mock and gives it") }
        options.brokers = brokers
        self = .run(options)
    }
}

private func positive(_ text: String, _ name: String) throws -> Int {
    guard let number = Int(text), number > 0 else { throw BenchError("\(name) \(text): a number above 0 is needed") }
    return number
}

/// Names with commas, or `all`, or `none`.
private func peers(_ text: String) throws -> [Implementation] {
    if text == "all" { return Implementation.peers }
    if text == "none" { return [] }
    return try text.split(separator: ",").map { name in
        guard let peer = Implementation(rawValue: String(name)), peer.isPeer else {
            let known = Implementation.peers.map(\.rawValue).joined(separator: ", ")
            throw BenchError("--peers \(name): all, none, or some of \(known)")
        }
        return peer
    }
}

/// What to run, and how often.
struct Options {
    var brokers = ""
    var effort = Effort.full
    var givenRounds: Int?
    var givenMessages: Int?
    var selected: [Scenario] = []
    var jsonFile: String?
    var place = Place.mock
    /// How long a round trip takes at least, where brokers are far.
    var farMilliseconds: Int?
    /// How long the first broker is silent, where one hangs.
    var silence: Silence?
    var peers = Implementation.peers

    var rounds: Int { givenRounds ?? effort.rounds }

    var scenarios: [Scenario] { selected.isEmpty ? Scenario.all.filter { $0.places.contains(place) } : selected }

    static let help = """
        Usage: Scripts/bench [options]

        Runs every scenario in C and in Swift, in turns, each run a process of its own, and prints the medians. Against
        `kprod mock` in another process, or the brokers that KAFKA_BOOTSTRAP_SERVERS names, or

          --real              a real broker, started for the run: KAFKA_HOME, or ../shared/kafka, and Java
          --far MS            the same behind a proxy: MS milliseconds for each round trip
          --hung SECONDS      three of them, of which one answers nothing for so long

        Against real brokers, clients in other languages take their turns where they are in KAFKA_PEERS (../shared/peers).

          --peers NAMES       which: all, none, or some of franz,sarama,rust,java
          --quick             fewer messages and 3 rounds: under two minutes (in full: under fifteen)
          --smoke             a few thousand messages each; checks the account, looks at no time
          --scenario NAME     only this one; repeatable
          --rounds N          runs of each implementation (5; quick: 3)
          --messages N        messages of each run, where the scenario sends any
          --json FILE         write all numbers
          --compare OLD NEW   what changed between two such files; runs nothing
          --list              the scenarios
        """
}
