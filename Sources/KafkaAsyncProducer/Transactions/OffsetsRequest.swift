// SPDX-License-Identifier: Apache-2.0

internal import RDKafka
internal import Synchronization

/// Offsets on their way into a transaction, and who waits for that: answered once, by librdkafka's answer or by the end
/// of the transaction, whichever comes first.
final class OffsetsRequest: Sendable {
    typealias Answer = Result<Void, KafkaError>

    let offsets: [Client.GroupOffset]
    let group: Client.Group
    private let waiter = Mutex<CheckedContinuation<Answer, Never>?>(nil)

    init(_ offsets: [Client.GroupOffset], _ group: Client.Group) { (self.offsets, self.group) = (offsets, group) }

    /// Before it is on its way.
    func register(_ waiter: CheckedContinuation<Answer, Never>) { self.waiter.withLock { $0 = waiter } }

    func answer(_ answer: Answer) { waiter.withLock { $0.take() }?.resume(returning: answer) }
}
