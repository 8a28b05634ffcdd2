// SPDX-License-Identifier: Apache-2.0

// Options of runs whose records are visible all at once, or not at all.
extension Option {
    static let transactionalID = Option(
        .transactionalID,
        nil,
        "transactional-id",
        "ID",
        help: "Send in transactions, as the producer of this name: all of the input in one, unless --txn-size or "
            + "--txn-every end it sooner. A record that fails aborts its transaction and ends the run; so does a signal "
            + "where all is one. Another process with the same ID is fenced off."
    )
    static let transactions = [
        transactionalID,
        Option(.transactionSize, nil, "txn-size", "N", help: "Commit after each N records."),
        Option(
            .transactionTime,
            nil,
            "txn-every",
            "TIME",
            help: "Commit so long after the first record of a transaction. A --checkpoint is written with each commit."
        ),
    ]
}
