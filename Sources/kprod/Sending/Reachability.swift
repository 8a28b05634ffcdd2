// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Whether any broker has answered since the first record was ready to be sent.
enum Reachability: Equatable, Sendable {
    case answered
    /// Nothing is on its way, so that nobody was asked.
    case idle
    case unreachable(ToolError)

    /// - Parameters:
    ///   - statistics: Of each producer of the run.
    ///   - trouble: What the client complained of last.
    ///   - servers: How they are called, if that is to be said.
    ///   - limit: For how long nothing was delivered.
    ///   - isAsked: Whether a broker is waited for although no record is on its way.
    init(
        _ statistics: [Statistics],
        _ trouble: Trouble?,
        servers: String,
        within limit: Duration,
        isAsked: Bool = false
    ) {
        // A code above zero is the answer of a broker.
        if statistics.contains(where: { $0.succeeded > 0 || $0.failedByCause.keys.contains { $0.rawValue > 0 } }) {
            self = .answered
        } else if !isAsked, statistics.allSatisfy({ $0.inFlight == 0 }) {
            self = .idle
        } else {
            let why = trouble?.text ?? "no broker answered"
            self = .unreachable(
                ToolError(
                    .unavailable,
                    "nothing could be delivered to \(servers) within \(NumberText.limit(limit)) (--wait-broker): "
                        + "\(why); check -b and that the brokers are up"
                )
            )
        }
    }
}

extension AsyncProducer.Configuration {
    /// The servers, as they are called in messages.
    var serverText: String {
        printable(librdkafka["bootstrap.servers"] ?? bootstrapServers.joined(separator: ","))
    }
}
