// SPDX-License-Identifier: Apache-2.0

import Scenarios

/// What one run of a client has to do.
struct RunOrder {
    var scenario: Scenario
    var implementation: Implementation
    var messages: Int
    var warmup: Int
    var idleMilliseconds: Int
    var countsAllocations = false
    /// For a scenario in which a broker falls silent.
    var silence: Silence?

    /// Everything that is sent, the warm-up included.
    var allMessages: Int { warmup + messages }

    /// As the two clients of this package read them: C knows no scenarios and is told what to do in its own words.
    func arguments(brokers: String) -> [String] {
        var common = [
            "--messages", String(messages), "--warmup", String(warmup), "--idle-ms", String(idleMilliseconds),
        ]
        if let silence {
            common += [
                "--hang-start-ms", String(Silence.startSeconds * 1_000), "--hang-ms", String(silence.seconds * 1_000),
                "--broker-count", String(Silence.brokers),
            ]
        }
        if implementation == .swift { return common + ["--scenario", scenario.name, "--brokers", brokers] }
        if implementation == .reference {
            return common + ["--scenario", scenario.reference ?? scenario.name, "--brokers", brokers]
        }
        let properties = scenario.librdkafkaProperties(brokers: brokers).flatMap { ["-X", "\($0.name)=\($0.value)"] }
        return common + properties + [
            "--mode", mode, "--topic-prefix", scenario.topicPrefix, "--topics", String(scenario.topics),
            "--senders", String(scenario.senders), "--value-size", String(scenario.valueSize),
            "--window", String(window), "--interval-ns", String(interval),
            "--turns", String(scenario.takesTurns ? scenario.partitions : 0),
            "--partitions", String(scenario.partitions),
        ]
    }

    private var window: Int {
        guard case .deliver(let parallel) = scenario.sending else { return 0 }
        return parallel
    }

    private var interval: Int { scenario.pace.map { 1_000_000_000 / $0 } ?? 0 }

    private var mode: String {
        if implementation == .cBatch { return "batch" }
        switch scenario.sending {
        case .deliver: return "window"
        case .paced: return "paced"
        case .idle: return "idle"
        case .placed: return "place"
        case .each, .contents, .borrowed, .transactions, .scope, .submitted, .deliveredContents, .lines: break
        }
        if case .last = scenario.reading { return "last" }
        switch scenario.attachment {
        case .nothing: return "plain"
        case .key: return "key"
        case .headers: return "headers"
        case .timestamp: return "timestamp"
        case .metadata: return "opaque"
        }
    }
}

/// The time in which the first broker is silent, in the midst of a paced run.
struct Silence {
    let seconds: Int

    /// Before it: three brokers that have just started need a while.
    static let startSeconds = 10
    /// After it.
    static let endSeconds = 10
    /// How many brokers there are.
    static let brokers = 3

    /// Of the whole run.
    var totalSeconds: Int { Self.startSeconds + seconds + Self.endSeconds }
}
