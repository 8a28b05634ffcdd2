// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips, with the reason, where there is no broker at all. Fails where one was named and cannot be used.
    static var needsBroker: Self { .skipped { if case .nothing(let reason) = $0 { reason } else { nil } } }

    /// Skips, with the reason, where the tests cannot start brokers of their own.
    static var needsLauncher: Self {
        .skipped { source in
            switch source {
            case .distribution: nil
            case .servers: "it needs control of the brokers, and KAFKA_BOOTSTRAP_SERVERS are somebody's"
            case .nothing(let reason): reason
            }
        }
    }

    /// Skips where a broker cannot have a disk of its own.
    static var needsMounts: Self {
        .enabled("it mounts a small disk for a broker: needs Linux, the rights of root, and no container") {
            guard case .distribution(let distribution) = try Brokers.source, distribution.isDownload else {
                return false
            }
            return await Cluster.mayMount
        }
    }

    private static func skipped(_ reason: @escaping @Sendable (BrokerSource) -> String?) -> Self {
        let found = Result { try Brokers.source }
        let text = (try? found.get()).flatMap(reason)
        return .enabled(Comment(rawValue: text ?? "")) { reason(try found.get()) == nil }
    }
}

extension Trait where Self == IssueHandlingTrait {
    /// Puts the end of the logs of all brokers that run under the first issue of a test, and the whole logs into its
    /// attachments (kept with `--attachments-path`).
    static var brokerLogs: Self {
        .compactMapIssues { issue in
            guard FirstIssues.isFirst(of: Test.current?.id) else { return issue }
            var issue = issue
            for node in LiveClusters.nodes {
                issue.comments.append("The log of node \(node.id) ends with:\n\(node.logTail())")
                Attachment.record(node.logTail(lines: .max), named: "node-\(node.id).log")
            }
            return issue
        }
    }
}
