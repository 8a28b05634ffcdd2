// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Turns what happened into the end of the process.
///
/// Success is what remains when nothing else can be said.
enum Verdict {
    /// Causes that leave nothing delivered because there is nobody to deliver to.
    private static let unavailable: Set<KafkaError.Code> = [
        .unknownTopic, .unknownTopicOrPartition, .unknownPartition, .messageTimedOut, .transport, .resolve,
        .allBrokersDown,
    ]
    private static let refused: Set<KafkaError.Code> = [
        .authentication, .topicAuthorizationFailed, .clusterAuthorizationFailed,
    ]

    static func ending(_ account: Account, _ causes: Set<KafkaError.Code>, _ plan: RunPlan, _ input: [ToolError])
        -> Ending
    {
        if let signal = plan.signal { return .signal(signal) }
        var statuses = (plan.reasons + input).map(\.status)
        if !account.isBalanced { statuses.append(.software) }
        if account.unparsable > 0 { statuses.append(.data) }
        if account.failed > 0 || account.undelivered > 0 { statuses.append(.someFailed) }
        if plan.deadlinePassed && account.undelivered > 0 { statuses.append(.deadline) }
        if !causes.isDisjoint(with: refused) { statuses.append(.refused) }
        if account.delivered == 0 && !causes.isDisjoint(with: unavailable) { statuses.append(.unavailable) }
        return .status(statuses.max() ?? .success)
    }
}
