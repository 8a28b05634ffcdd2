// SPDX-License-Identifier: Apache-2.0

internal import KafkaAsyncProducer
internal import RDKafka
internal import Synchronization

/// Reads one topic to its end with a consumer of its own.
///
/// Every method blocks; it stays on the thread that made it.
struct RecordReader {
    private let consumer: LogConsumer
    private let cluster: MockClusterHandle
    private let topic: String
    private let end: ContinuousClock.Instant
    /// By the monotonic clock, unlike a semaphore of libdispatch's.
    private let waker: Waker
    private let stop: StopFlag

    /// What is to be read of a partition, and what was.
    private struct Partition {
        let id: Int32
        var next: Int64 = 0
        var high: Int64 = 0
        var records: [MockRecord] = []

        var isComplete: Bool { next >= high }
    }

    init(
        cluster: MockClusterHandle,
        topic: String,
        end: ContinuousClock.Instant,
        stop: StopFlag
    ) throws(KafkaError) {
        self.cluster = cluster
        self.topic = topic
        self.end = end
        self.stop = stop
        guard let waker = Waker() else {
            throw KafkaError(.systemResources, "the system has no descriptor for reading \(topic)")
        }
        self.waker = waker
        do {
            consumer = try LogConsumer([
                ("bootstrap.servers", cluster.bootstrapServers.joined(separator: ",")),
                // The waits that make sense between machines.
                ("fetch.wait.max.ms", "10"), ("fetch.error.backoff.ms", "20"), ("reconnect.backoff.ms", "20"),
                ("reconnect.backoff.max.ms", "200"),
                // The deadline is the caller's: a broker may be as slow as it likes.
                ("socket.timeout.ms", "300000"), ("api.version.request.timeout.ms", "300000"),
            ])
        } catch {
            throw KafkaError(.systemResources, error.reason)
        }
    }

    func readAll() throws(KafkaError) -> [MockRecord] {
        var partitions = try findPartitions()
        try findOffsets(of: &partitions)
        let positions = partitions.filter { !$0.isComplete }.map { ($0.id, $0.next) }
        if positions.isEmpty { return [] }
        let code = consumer.assign(topic, positions)
        if code.isError { throw KafkaError(.init(rawValue: code.rawValue), "\(topic) cannot be read: \(code.text)") }
        var lastError = ResponseCode.noError
        while let index = partitions.firstIndex(where: { !$0.isComplete }) {
            try check(partitions, waitingFor: "\(topic)[\(partitions[index].id)]", lastError)
            // Not by a wait of librdkafka's, which is by the time of day.
            if let item = consumer.poll(timeout: 0) {
                take(item, into: &partitions, &lastError)
            } else {
                waker.sleep(nanoseconds: 2_000_000)
            }
        }
        return partitions.flatMap(\.records)
    }

    /// Throws when there is a reason not to go on.
    private func check(
        _ partitions: [Partition],
        waitingFor what: String,
        _ lastError: ResponseCode
    ) throws(KafkaError) {
        if stop.isRaised { throw KafkaError(.cancelled, "reading \(topic) was cancelled") }
        if cluster.isShutDown { throw KafkaError(.closed, "the mock cluster was shut down while \(topic) was read") }
        guard ContinuousClock.now >= end else { return }
        let got = partitions.reduce(0) { $0 + $1.records.count }
        let complete = partitions.count { $0.isComplete }
        let cause = lastError.isError ? "; last error: \(lastError.text)" : ""
        throw KafkaError(
            .deadlineExceeded,
            "read \(got) records of \(topic), \(complete) of \(partitions.count) partitions to their end, "
                + "and waited for \(what)\(cause)"
        )
    }

    // MARK: What there is

    /// How long the first try of a request may take; each further one takes twice as long, so that an answer comes in
    /// time however slow the broker is, and one that never answers is left for another.
    private static let firstPatience: Int32 = 1_000

    /// Calls until `call` has a result, on threads that nobody waits for once there is a reason not to go on.
    private func retrying<Result: Sendable>(
        waitingFor what: String,
        _ call: @escaping @Sendable (_ timeout: Int32) -> (result: Result?, code: ResponseCode)
    ) throws(KafkaError) -> Result {
        var patience = Self.firstPatience
        var lastError = ResponseCode.noError
        while true {
            try check([], waitingFor: what, lastError)
            let timeout = min(patience, ContinuousClock.now.duration(to: end).clampedMilliseconds)
            let answer = Answer<Result>()
            let run: @Sendable () -> Void = { [waker] in
                answer.set(call(timeout))
                waker.wake()
            }
            guard Thread.spawn(named: "mock-request", run) else {
                throw KafkaError(.systemResources, "the system has no thread for reading \(topic)")
            }
            while answer.value == nil {
                try check([], waitingFor: what, lastError)
                waker.sleep(nanoseconds: 50_000_000)
            }
            if let outcome = answer.value {
                if let result = outcome.result { return result }
                lastError = outcome.code
            }
            patience = min(patience * 2, 300_000)
            // What fails at once would be asked for without a pause.
            waker.sleep(nanoseconds: 20_000_000)
        }
    }

    /// The partitions of the topic; none if it does not exist.
    private func findPartitions() throws(KafkaError) -> [Partition] {
        let (consumer, topic) = (consumer, topic)
        let found = try retrying(waitingFor: "metadata") { timeout -> (result: Found?, code: ResponseCode) in
            do throws(Client.MetadataError) {
                return (Found(try consumer.partitions(of: topic, timeout: timeout)), .noError)
            } catch {
                return (nil, error.code)
            }
        }
        if found.code.isError {
            throw KafkaError(
                .init(rawValue: found.code.rawValue),
                "\(topic) cannot be read before restoreTopic: \(found.code.text)"
            )
        }
        return (0..<found.count).map { Partition(id: $0) }
    }

    private struct Found: Sendable {
        let count: Int32
        let code: ResponseCode

        init(_ answer: (count: Int32, code: ResponseCode)?) {
            count = answer?.count ?? 0
            code = answer?.code ?? .noError
        }
    }

    private func findOffsets(of partitions: inout [Partition]) throws(KafkaError) {
        let ids = partitions.map(\.id)
        if ids.isEmpty { return }
        let (consumer, topic) = (consumer, topic)
        func offsets(of position: LogConsumer.Position) throws(KafkaError) -> [Int32: Int64] {
            try retrying(waitingFor: "the offsets of \(topic)") { timeout in
                let (offsets, code) = consumer.offsets(of: position, in: topic, partitions: ids, timeout: timeout)
                return (offsets.count == ids.count ? offsets : nil, code)
            }
        }
        // The end first: what is written meanwhile is not wanted, and what is dropped meanwhile is not there.
        let ends = try offsets(of: .end)
        let starts = try offsets(of: .first)
        for index in partitions.indices {
            partitions[index].next = starts[partitions[index].id] ?? 0
            partitions[index].high = ends[partitions[index].id] ?? 0
        }
    }

    // MARK: What is in it

    private func take(_ item: LogConsumer.Item, into partitions: inout [Partition], _ lastError: inout ResponseCode) {
        switch item {
        case .record(let record):
            let index = Int(record.partition)
            // What came twice after a reconnect, or was written after the call began, is not wanted.
            guard partitions.indices.contains(index), record.offset >= partitions[index].next,
                record.offset < partitions[index].high
            else { return }
            partitions[index].records.append(MockRecord(record, topic: topic))
            partitions[index].next = record.offset + 1
        case .end(let partition, let offset):
            let index = Int(partition)
            guard partitions.indices.contains(index) else { return }
            partitions[index].next = max(partitions[index].next, offset)
        case .failure(let code): lastError = code
        }
    }
}

/// What a thread brings back.
private final class Answer<Result: Sendable>: Sendable {
    typealias Value = (result: Result?, code: ResponseCode)

    private let state = Mutex<Value?>(nil)

    var value: Value? { state.withLock { $0 } }

    func set(_ value: Value) { state.withLock { $0 = value } }
}

extension MockRecord {
    fileprivate init(_ record: LogConsumer.Record, topic: String) {
        self.init(
            topic: topic,
            partition: record.partition,
            offset: record.offset,
            key: record.key,
            value: record.value,
            headers: record.headers.map { RecordHeader($0.name, $0.value.map { KafkaBytes($0) }) },
            timestamp: record.timestamp < 0 ? nil : Timestamp(millisecondsSinceEpoch: record.timestamp)
        )
    }
}
