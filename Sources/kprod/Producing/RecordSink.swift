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
    private let defaults: RecordDefaults
    private let ledger: Ledger
    private let onFirst: () -> Void
    private var tally = FeedTally()
    /// With whoever types the records, and wants to know of each before the next.
    var conversation: Conversation?

    init(
        _ input: AsyncProducer.Input,
        topic: Topic,
        defaults: RecordDefaults,
        ledger: Ledger,
        onFirst: @escaping () -> Void
    ) {
        self.input = input
        self.topic = topic
        self.defaults = defaults
        self.ledger = ledger
        self.onFirst = onFirst
    }

    /// Sends one record; suspends while there is no room.
    ///
    /// Bytes go to the client as they are lent; only what C cannot carry as it is needs a message of its own.
    func send(key: Span<UInt8>?, value: Span<UInt8>?, at place: Place) async throws(Closed) {
        tally.read += 1
        if tally.read == 1 { onFirst() }
        do throws(KafkaError) {
            if defaults.headers.isEmpty {
                try await input.send(to: topic, partition: defaults.partition, key: key, value: value)
            } else {
                try await input.send(message(key, value))
            }
            tally.acceptedBytes += (key?.count ?? 0) + (value?.count ?? 0)
            if let conversation {
                publish()
                await conversation.waitForAnswer()
            }
        } catch {
            ledger.refused(error, at: place.text)
            if error.isFatal || error.code == .cancelled || error.code == .closed { throw Closed() }
        }
        if let limit = defaults.limit, tally.read - tally.skipped >= limit { throw Closed() }
    }

    /// A record that cannot be sent.
    func refuse(_ error: KafkaError, at place: Place) {
        tally.read += 1
        ledger.refused(error, at: place.text)
    }

    /// A record that is not one.
    func skip() {
        tally.read += 1
        tally.skipped += 1
        conversation?.skipped()
    }

    /// Lets others see the counts; now and then, and at the end.
    func publish() { ledger.publish(tally) }

    private func message(_ key: Span<UInt8>?, _ value: Span<UInt8>?) -> ProducerMessage {
        ProducerMessage(
            topic: topic,
            partition: defaults.partition,
            key: [UInt8](copying: key).map { KafkaBytes($0) },
            value: [UInt8](copying: value).map { KafkaBytes($0) },
            headers: defaults.headers
        )
    }
}

/// Where a run's records come from.
protocol RecordFeed: Sendable {
    /// Hands over every record, and returns early when the switch is turned on. Returns what is wrong with the input.
    func run(into sink: RecordSink, until stop: StopSwitch) async -> [ToolError]
}
