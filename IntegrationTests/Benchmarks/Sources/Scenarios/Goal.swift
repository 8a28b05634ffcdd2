// SPDX-License-Identifier: Apache-2.0

/// What the library is to reach beside somebody else, in one scenario.
public struct Goal: Sendable {
    /// What is compared.
    public enum Figure: String, Sendable {
        case rate = "msg/s"
        case cpu = "CPU ns/msg"
        case sending = "sender ns/msg"
        case p50 = "p50 µs"
        case p99 = "p99 µs"
        case grown = "MB grown"
        case hungCPU = "CPU % beyond the sender"
        case hungLongest = "others' longest µs"
    }

    /// How it is compared.
    public enum Limit: Sendable {
        /// Ours to theirs.
        case atLeast(ratio: Double)
        /// Ours to theirs.
        case atMost(ratio: Double)
        /// Ours over theirs.
        case atMostMore(Double)
        /// Ours alone.
        case atMostAlone(Double)
    }

    /// The name of the scenario.
    public let scenario: String
    /// Where the brokers are.
    public let place: Place
    /// Who is compared.
    public let against: Implementation
    /// What is compared.
    public let figure: Figure
    /// How far, or how little.
    public let limit: Limit

    /// All of them, in the order of the table.
    public static let all: [Goal] = near + far + hung

    private static let near: [Goal] =
        [
            throughput("plain-100", cpu: 0.65, rate: 1.2), throughput("plain-100", .franz, cpu: 0.8, rate: 1.0),
            throughput("borrowed", cpu: 0.55, rate: 1.25), throughput("batches", cpu: 0.6, rate: 1.25),
            throughput("contents-100", cpu: 0.65, rate: 1.25), throughput("key", cpu: 0.6, rate: 1.1),
            throughput("metadata", cpu: 0.7, rate: 1.1), throughput("timestamp", cpu: 0.75, rate: 1.1),
            throughput("headers-3", cpu: 0.65, rate: 1.2), throughput("plain-1k", cpu: 0.5, rate: 1.0),
            throughput("plain-1k", .franz, cpu: 1.0), throughput("plain-10k", cpu: 0.45, rate: 1.0),
            throughput("senders-8", cpu: 0.75), throughput("senders-32", cpu: 0.75),
            throughput("partitions-1", cpu: 0.7, rate: 1.0), throughput("partitions-1000", cpu: 1.0),
            throughput("lines", .kcat, cpu: 0.75, rate: 1.0), throughput("lines-plain", .kcat, cpu: 1.0, rate: 1.0),
            throughput("latency", cpu: 1.1), throughput("latency-profile", cpu: 0.7),
            throughput("transaction-all", .reference, cpu: 1.1),
            throughput("transactions-10000", .reference, cpu: 1.1),
            throughput("scope", .reference, cpu: 1.0), throughput("submit-1000", .reference, cpu: 2.0),
            throughput("deliver-contents-1000", .reference, cpu: 2.0), throughput("custom", .reference, cpu: 1.3),
            throughput("murmur2", cpu: 1.0),
        ].flatMap { $0 } + [
            Goal("sender-thread", .real, .c, .sending, .atMost(ratio: 0.25)),
            Goal("transactions-100", .real, .java, .rate, .atLeast(ratio: 1)),
            Goal("latency", .real, .c, .p50, .atMost(ratio: 1.05)),
            Goal("latency", .real, .c, .p99, .atMost(ratio: 1.05)),
            Goal("latency-profile", .real, .c, .p50, .atMost(ratio: 1.5)),
            Goal("latency-profile", .real, .c, .p99, .atMost(ratio: 1.5)),
            Goal("partitions-1000", .real, .c, .grown, .atMostMore(5)),
            Goal("plain-100", .real, .c, .grown, .atMostMore(5)),
            // The budget, 32 MiB, and 10 MB.
            Goal("plain-10k", .real, .c, .grown, .atMostAlone(43.6)),
        ]

    private static let far: [Goal] =
        [
            throughput("plain-100", at: .far, cpu: 0.55, rate: 1.0),
            throughput("plain-1k", at: .far, cpu: 0.3, rate: 1.0),
            throughput("plain-10k", at: .far, cpu: 0.25, rate: 1.0),
            throughput("partitions-1", at: .far, cpu: 0.6, rate: 1.0),
            throughput("rate-2000", .franz, at: .far, cpu: 1.0), throughput("rate-20000", .franz, at: .far, cpu: 1.4),
        ].flatMap { $0 }
        + ["rate-2000", "rate-20000"].flatMap {
            [Goal($0, .far, .franz, .p50, .atMostMore(1_000)), Goal($0, .far, .franz, .p99, .atMost(ratio: 1.0))]
        }

    private static let hung: [Goal] = [
        Goal("hung-300", .hung, .c, .hungCPU, .atMostAlone(5)), Goal("hung-3", .hung, .c, .hungCPU, .atMostAlone(5)),
        Goal("hung-3", .hung, .c, .hungLongest, .atMostAlone(1_000_000)),
    ]

    private init(_ scenario: String, _ place: Place, _ against: Implementation, _ figure: Figure, _ limit: Limit) {
        (self.scenario, self.place, self.against, self.figure, self.limit) = (scenario, place, against, figure, limit)
    }

    private static func throughput(
        _ scenario: String,
        _ against: Implementation = .c,
        at place: Place = .real,
        cpu: Double,
        rate: Double? = nil
    ) -> [Goal] {
        [Goal(scenario, place, against, .cpu, .atMost(ratio: cpu))]
            + (rate.map { [Goal(scenario, place, against, .rate, .atLeast(ratio: $0))] } ?? [])
    }
}
