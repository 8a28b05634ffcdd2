// SPDX-License-Identifier: Apache-2.0

extension Scenario {
    /// Everything that is measured, in the order of the table.
    public static let all: [Scenario] =
        plain + inputs + owned + placed + outcomes + attachments + shapes + latency + rates + limits + silence

    /// The scenario of this name.
    public static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }

    private static let plain = [
        Scenario("plain-100", "100 B: send, for await per element; C: produce, callback") {
            $0.places.insert(.far)
        },
        Scenario("plain-1k", "1 kB, the same") {
            $0.valueSize = 1_000
            $0.messages = 600_000
            $0.places.insert(.far)
        },
        Scenario("plain-10k", "10 kB, the same; both sides bounded to 32 MiB") {
            $0.valueSize = 10_000
            $0.messages = 100_000
            $0.places.insert(.far)
        },
    ]

    private static let inputs = [
        Scenario("contents-100", "send(contentsOf:) of 100, batches") {
            $0.sending = .contents
            $0.reading = .batches
            $0.baselines = [.c, .cBatch]
        },
        Scenario("borrowed", "send of a lent span, batches") {
            $0.sending = .borrowed
            $0.reading = .batches
        },
        Scenario("sender-thread", "the same, the sender on a thread of its own; C: its sending thread") {
            $0.sending = .borrowed
            $0.reading = .batches
            $0.hasSenderThread = true
        },
        Scenario("deliver-1000", "deliver in 1,000 tasks; C: at most 1,000 in flight") {
            $0.sending = .deliver(parallel: 1_000)
            $0.messages = 300_000
        },
        Scenario("senders-2", "2 sending tasks; C: 2 threads") { $0.senders = 2 },
        Scenario("senders-8", "8 sending tasks; C: 8 threads") { $0.senders = 8 },
        Scenario("senders-32", "32 sending tasks; C: 32 threads") { $0.senders = 32 },
        Scenario("transactions-100", "transactions of 100 messages; C: the same messages without transactions") {
            $0.sending = .transactions(of: 100)
            $0.messages = 100_000
        },
        Scenario("transactions-10000", "the same, of 10,000") {
            $0.sending = .transactions(of: 10_000)
            $0.baselines = [.c, .reference]
            $0.reference = "plain-100"
        },
        Scenario("transaction-all", "the same, all messages in one") {
            $0.sending = .transactions(of: .max)
            $0.baselines = [.c, .reference]
            $0.reference = "plain-100"
        },
        Scenario("lines", "a file of lines: kprod against kcat -P -l") { $0.sending = .lines },
        Scenario("lines-plain", "the same, without idempotence in both") {
            $0.sending = .lines
            $0.isIdempotent = false
        },
    ]

    /// Outcomes that are no elements of a stream.
    private static let owned = [
        Scenario("scope", "send through a delivery scope; Swift: send with metadata") {
            $0.sending = .scope
            $0.baselines = [.reference]
            $0.reference = "metadata"
        },
        Scenario("submit-1000", "submit of 1,000 at a time, then their outcomes; Swift: plain send") {
            $0.sending = .submitted(at: 1_000)
            $0.messages = 500_000
            $0.baselines = [.reference]
            $0.reference = "plain-100"
        },
        Scenario("deliver-contents-1000", "deliver(contentsOf:) of 1,000; Swift: plain send") {
            $0.sending = .deliveredContents(of: 1_000)
            $0.messages = 500_000
            $0.baselines = [.reference]
            $0.reference = "plain-100"
        },
    ]

    private static let placed = [
        Scenario("custom", "a closure that gives each message the next partition; Swift: plain send") {
            $0.hasCustomPartitioner = true
            $0.baselines = [.reference]
            $0.reference = "plain-100"
        },
        Scenario("murmur2", "keys of 8 bytes are placed; C: rd_kafka_msg_partitioner_murmur2") {
            $0.sending = .placed
            $0.messages = 20_000_000
        },
    ]

    private static let outcomes = [
        Scenario("batches", "send, for await per batch") { $0.reading = .batches },
        Scenario("errors-only", "returns.successes = .never, errors read; C: the same callback as ever") {
            $0.reading = .errors
        },
        Scenario("last-kept", "the last success kept in a variable; C: its partition and offset") {
            $0.reading = .last
        },
    ]

    private static let attachments = [
        Scenario("key", "a key of 8 bytes") { $0.attachment = .key },
        Scenario("headers-3", "3 headers; C: produceva") { $0.attachment = .headers },
        Scenario("timestamp", "a timestamp; C: producev") { $0.attachment = .timestamp },
        Scenario("metadata", "a number as metadata, read back; C: as the opaque") { $0.attachment = .metadata },
    ]

    private static let shapes = [
        Scenario("topics-100", "100 topics in turn, of 1 partition, by handle") {
            $0.topics = 100
            $0.partitions = 1
        },
        Scenario("topics-1000", "1,000 topics in turn, of 1 partition, by handle") {
            $0.topics = 1_000
            $0.partitions = 1
            $0.messages = 300_000
        },
        Scenario("partitions-1", "1 partition") {
            $0.partitions = 1
            $0.places.insert(.far)
        },
        Scenario("partitions-100", "100 partitions, with a key to reach them all") {
            $0.attachment = .key
            $0.partitions = 100
        },
    ]

    private static let latency = [
        Scenario("latency", "10,000 messages/s, open loop, linger 5 ms") {
            $0.sending = .paced(perSecond: 10_000)
            $0.partitions = 1
            $0.messages = 50_000
        },
        Scenario("latency-profile", "10,000 messages/s, open loop, Batching.latency; C: linger 0.5 ms") {
            $0.sending = .paced(perSecond: 10_000)
            $0.partitions = 1
            $0.hasLatencyProfile = true
            $0.messages = 50_000
        },
    ]

    // Long enough that the start of a client without a warm-up is less than the last percent.
    private static let rates = [
        Scenario("rate-2000", "2,000 messages/s, open loop") {
            $0.sending = .paced(perSecond: 2_000)
            $0.messages = 30_000
            $0.places = [.real, .far]
        },
        Scenario("rate-20000", "20,000 messages/s, open loop") {
            $0.sending = .paced(perSecond: 20_000)
            $0.messages = 300_000
            $0.places = [.real, .far]
        },
        Scenario("partitions-1000", "1,000 partitions, a message each per second, open loop") {
            $0.sending = .paced(perSecond: 1_000)
            $0.partitions = 1_000
            $0.takesTurns = true
            $0.messages = 10_000
            $0.places = [.real]
        },
    ]

    private static let limits = [
        Scenario("idle", "connected, a reader waits, nothing to send") {
            $0.sending = .idle
            $0.messages = 0
        },
        Scenario("budget-10k", "10 kB, the default byte budget; C: librdkafka's 1 GiB") {
            $0.valueSize = 10_000
            $0.hasLibrdkafkaBound = true
            $0.messages = 120_000
        },
    ]

    // Of 6 partitions in turn on 3 brokers, the first broker leads the first and the fourth.
    private static let silence = [300, 3].map { seconds in
        Scenario("hung-\(seconds)", "2,000 messages/s while one of three brokers is silent, time-out \(seconds) s") {
            $0.sending = .paced(perSecond: 2_000)
            $0.partitions = 6
            $0.takesTurns = true
            $0.timeoutSeconds = seconds
            $0.places = [.hung]
        }
    }
}
