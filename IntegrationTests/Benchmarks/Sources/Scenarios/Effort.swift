// SPDX-License-Identifier: Apache-2.0

/// How much is measured: the driver turns it into numbers for the client.
public enum Effort: String, Codable, Sendable {
    /// Under fifteen minutes.
    case full
    /// Under two minutes.
    case quick
    /// Whether it works at all.
    case smoke

    /// Rounds, unless told otherwise.
    public var rounds: Int {
        switch self {
        case .full: 5
        case .quick: 3
        case .smoke: 1
        }
    }

    /// Messages of a measured run.
    public func messages(_ scenario: Scenario) -> Int {
        switch self {
        case .full: scenario.messages
        case .quick: scenario.pace.map { min(scenario.messages, 5 * $0) } ?? scenario.messages / 8
        case .smoke: min(scenario.messages, scenario.isPaced ? 500 : 2_000)
        }
    }

    /// Messages sent before, so that connections, tables and caches are there. Each topic gets several.
    public func warmup(_ scenario: Scenario) -> Int {
        switch self {
        case _ where scenario.isPaced: max(1_000, scenario.partitions * 4)
        case .full, .quick: min(20_000, max(messages(scenario) / 4, 1_000))
        case .smoke: 500
        }
    }

    /// Messages of the run that only counts allocations; 0 where they have no meaning per message.
    public func countedMessages(_ scenario: Scenario) -> Int {
        guard ![.idle, .lines, .placed].contains(scenario.sending), !scenario.isPaced else { return 0 }
        switch self {
        case .full: return min(scenario.messages, 200_000)
        case .quick: return min(scenario.messages, 50_000)
        case .smoke: return 0
        }
    }

    /// How long an idle producer is watched.
    public var idleMilliseconds: Int {
        switch self {
        case .full: 10_000
        case .quick: 3_000
        case .smoke: 200
        }
    }

    /// Rounds of one scenario: watching an idle producer again shows nothing new.
    public func rounds(_ scenario: Scenario, of rounds: Int) -> Int {
        scenario.sending == .idle ? min(rounds, 1) : rounds
    }
}
