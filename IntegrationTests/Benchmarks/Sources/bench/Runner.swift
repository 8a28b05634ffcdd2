// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scenarios

/// Runs the scenarios one after the other.
struct Runner {
    let options: Options
    private let topics: Topics
    private let commands: ClientCommands

    init(options: Options) {
        self.options = options
        topics = Topics(brokers: options.brokers, place: options.place)
        commands = ClientCommands(brokers: options.brokers, linesFile: LinesFile())
    }

    func run() throws -> Report {
        var report = Report(machine: .current, place: place, effort: options.effort)
        for peer in peers { if let why = commands.absence(of: peer) { progress("\(peer.title) is left out: \(why)") } }
        if options.place.isReal && options.effort != .smoke { try warmUpBrokers() }
        for (index, scenario) in options.scenarios.enumerated() {
            progress("\(index + 1)/\(options.scenarios.count) \(scenario.name): \(scenario.summary)")
            try topics.create(scenario)
            report.measurements.append(try measure(scenario))
            try topics.delete(scenario)
        }
        return report
    }

    private var place: String {
        options.farMilliseconds.map { "far, \($0) ms" } ?? options.silence.map { "hung, \($0.seconds) s" }
            ?? options.place.rawValue
    }

    /// Those that were asked for, whether they are there or not: mock brokers do not know what all of them ask.
    private var peers: [Implementation] {
        options.place.isReal && options.place != .hung && options.effort != .smoke ? options.peers : []
    }

    /// In the order of their turns, ours last.
    private func implementations(_ scenario: Scenario) -> [Implementation] {
        var all = scenario.sending == .lines ? [.kcat] : scenario.baselines
        all += peers.filter { scenario.isPossible(for: $0) && commands.canRun(scenario, in: $0) }
        return all.filter { commands.absence(of: $0) == nil } + [scenario.ours]
    }

    /// C, a peer, Swift, C, a peer, Swift, …: what else the machine does meets all of them.
    private func measure(_ scenario: Scenario) throws -> Measurement {
        let implementations = implementations(scenario)
        let client = ClientProcess(
            commands: commands,
            console: options.silence == nil ? nil : Console(),
            logEnd: topics.logEnd
        )
        var order = RunOrder(
            scenario: scenario,
            implementation: .c,
            messages: messages(scenario),
            warmup: options.effort.warmup(scenario),
            idleMilliseconds: options.effort.idleMilliseconds,
            silence: options.silence
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
        for implementation in implementations where order.messages > 0 && !implementation.isMeasuredWhole {
            order.implementation = implementation
            measurement.allocations[implementation.rawValue] = try client.run(order)?.allocationsPerMessage
        }
        return measurement
    }

    /// A broker that has just started is slow: Java still compiles.
    private func warmUpBrokers() throws {
        let scenario = Scenario.all[0]
        try topics.create(scenario)
        let client = ClientProcess(commands: commands, console: nil, logEnd: topics.logEnd)
        let order = RunOrder(
            scenario: scenario,
            implementation: .c,
            messages: scenario.messages / 2,
            warmup: 1_000,
            idleMilliseconds: 0
        )
        _ = try client.run(order)
        try topics.delete(scenario)
    }

    private func messages(_ scenario: Scenario) -> Int {
        if scenario.messages == 0 { return 0 }
        if let silence = options.silence, let pace = scenario.pace { return silence.totalSeconds * pace }
        return options.givenMessages ?? options.effort.messages(scenario)
    }

    private func progress(_ text: String) {
        FileHandle.standardError.write(Data("bench: \(text)\n".utf8))
    }
}
