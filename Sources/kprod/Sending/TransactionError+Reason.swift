// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

extension TransactionError {
    /// Why a run ends with it; nil when failed records say as much.
    func reason(besides failures: FailureGroups) -> ToolError? {
        if outcome == .aborted, failures.failed > 0 { return nil }
        let words = printable(cause.message, limit: 500)
        switch outcome {
        case .notBegun: return ToolError(status, "no transaction could be begun: \(words)\(advice)")
        case .aborted: return ToolError(status, "the transaction was aborted: \(words)\(advice)")
        case .unknown:
            return ToolError(
                status,
                "whether the last transaction was committed is not known: \(words); look with isolation.level=read_committed"
            )
        }
    }

    private var status: ExitStatus {
        switch cause.code {
        case .deadlineExceeded: outcome == .notBegun ? .unavailable : .deadline
        case .transactionalIDAuthorizationFailed, .clusterAuthorizationFailed, .topicAuthorizationFailed: .refused
        default: cause.isFatal ? .software : .someFailed
        }
    }

    private var advice: String {
        switch cause.code {
        case .transactionalIDAuthorizationFailed: "; ask for the WRITE permission on the transactional id"
        case .deadlineExceeded: "; -X transaction.timeout.ms waits longer"
        default: NextStep.after(cause.code).map { "; \($0)" } ?? ""
        }
    }
}
