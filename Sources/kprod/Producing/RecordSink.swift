// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Hands records to the producer one by one and counts them.
///
/// Belongs to the one task that feeds.
final class RecordSink {
    /// There is no sense in reading on; what became of the record in hand is accounted for.
    struct Closed: Error {}

    private let input: AsyncProducer.Input
    private let topic: Topic
    private let ledger: Ledger
    private let onFirst: () -> Void
    private var tally = FeedTally()

    init(_ input: AsyncProducer.Input, topic: Topic, ledger: Ledger, onFirst: @escaping () -> Void) {
        self.input = input
        self.topic = topic
        self.ledger = ledger
        self.onFirst = onFirst
    }

    /// Sends one record; suspends while there is no room.
    ///
    /// `place` is asked for only when the record is refused.
    func send(key: Span<UInt8>?, value: Span<UInt8>, place: () -> String) async throws(Closed) {
        tally.read += 1
        if tally.read == 1 { onFirst() }
        do throws(KafkaError) {
            try await input.send(to: topic, key: key, value: value)
            tally.acceptedBytes += (key?.count ?? 0) + value.count
        } catch {
            ledger.refused(error, at: place())
            if error.isFatal || error.code == .cancelled || error.code == .closed { throw Closed() }
        }
    }

    /// A record that cannot be sent.
    func refuse(_ error: KafkaError, at place: String) {
        tally.read += 1
        ledger.refused(error, at: place)
    }

    /// A record that is not one.
    func skip() {
        tally.read += 1
        tally.skipped += 1
    }

    /// Lets others see the counts; now and then, and at the end.
    func publish() { ledger.publish(tally) }
}

/// Where a run's records come from.
protocol RecordFeed: Sendable {
    /// Hands over every record, and returns early when the switch is turned on. Returns what is wrong with the input.
    func run(into sink: RecordSink, until stop: StopSwitch) async -> [ToolError]
}
