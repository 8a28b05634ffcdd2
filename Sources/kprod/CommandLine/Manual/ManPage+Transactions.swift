// SPDX-License-Identifier: Apache-2.0

extension ManPage {
    /// What `--transactional-id` makes of a run.
    mutating func addTransactions() {
        section("TRANSACTIONS")
        paragraph(
            "With --transactional-id, or the property transactional.id, readers with isolation.level=read_committed see the "
                + "records of a transaction all at once or never. Without --txn-size and --txn-every all of the input is one "
                + "transaction, for which transaction.timeout.ms is 15 minutes unless it is set."
        )
        paragraph(
            "A record that fails, or is none, aborts its transaction and ends the run. So does the first signal where "
                + "everything is one transaction; where it is not, what was read is committed. In the account delivered "
                + "means committed, and what was aborted is undelivered. A --dead-letter file shows what failed; nothing of it "
                + "is to be replayed, as all of its transaction is sent again."
        )
        paragraph(
            "A --checkpoint is written with each commit and holds only what is committed, so that --resume begins behind "
                + "the last commit; a process that dies between a commit and its checkpoint sends that transaction again. "
                + "A --report says delivered as soon as a record is in the log, and behind the records of a transaction "
                + "what became of it:"
        )
        example(["{\"transaction\":1,\"status\":\"committed\",\"records\":1000}"])
        paragraph(
            "The status may be aborted, and unknown where the commit had no answer. One process at a time can have an ID: a "
                + "second one fences off the first, and aborts what that has left open."
        )
        example([
            "kprod produce -b $BROKERS -t prices --transactional-id prices-load prices.txt",
            "kprod produce -b $BROKERS -t log --transactional-id log-1 --txn-every 5s --follow \\",
            "    --checkpoint log.ckpt --resume app.log",
        ])
    }
}
