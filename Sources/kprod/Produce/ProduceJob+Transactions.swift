// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

extension ProduceJob {
    /// The brokers' `transaction.max.timeout.ms`, unless somebody changed it.
    private static let longest = Duration.seconds(900)

    /// A client with a transactional id, wherever that was said, sends in transactions only.
    func setTransactions(of session: inout Session) throws(ToolError) {
        let configuration = session.configuration
        guard configuration.transactionalID ?? configuration.librdkafka["transactional.id"] != nil else {
            if transactions.isWhole { return }
            throw .usage("options --txn-size and --txn-every need --transactional-id ID")
        }
        if !outcomes.tellsOfTransactions {
            throw .usage("option --report-format: only ndjson tells which transactions were committed")
        }
        session.transactions = transactions
        session.errorPolicy = ErrorPolicy(limit: 0, failsFast: errorPolicy.failsFast, aborts: true)
        guard configuration.librdkafka["transaction.timeout.ms"] == nil,
            configuration.transactionTimeout == AsyncProducer.Configuration(bootstrapServers: []).transactionTimeout
        else { return }
        // All of it must fit into one.
        if transactions.isWhole || transactions.time.map({ $0 * 2 > configuration.transactionTimeout }) ?? false {
            session.configuration.transactionTimeout = Self.longest
        }
    }
}
