// SPDX-License-Identifier: Apache-2.0

/// How the records of a run are put into transactions.
struct TransactionPlan: Equatable, Sendable {
    /// How many records are in one at most; nil leaves that to the time.
    var size: Int?
    /// How long one is open at most.
    var time: Duration?

    /// Whether all records are in one: all of them are visible, or none.
    var isWhole: Bool { size == nil && time == nil }
}

/// What has become of a transaction, for whoever keeps track of that.
protocol TransactionObserver: Sendable {
    /// It is committed, and every one of its records was delivered and has been told of.
    func committed(_ number: Int, records: Int) async
    /// Nothing of it will be visible, unless `isUnknown`; so many of its records had been delivered.
    func aborted(_ number: Int, records: Int, isUnknown: Bool) async
}
