// SPDX-License-Identifier: Apache-2.0

#if DistributedTracingSupport
internal import Synchronization
internal import Tracing

/// A span that ends with the last outcome of the messages that one call sent.
final class SendTrace: MessageTrace {
    private struct State {
        var remaining: Int
        var hasFailed = false
    }

    private let span: any Span
    private let isSingle: Bool
    private let state: Mutex<State>

    init(_ span: any Span, count: Int) {
        self.span = span
        isSingle = count == 1
        state = Mutex(State(remaining: count))
    }

    func delivered(partition: Int32, offset: Int64?) {
        if isSingle { note(partition, offset) }
        settle(1)
    }

    func failed(_ failure: FailedMessage) {
        if isSingle, let partition = failure.error.partition { note(partition, nil) }
        fail(1, failure.error.error)
    }

    func refused(_ count: Int, _ error: KafkaError) { fail(count, error) }

    private func note(_ partition: Int32, _ offset: Int64?) {
        guard span.isRecording else { return }
        span.updateAttributes { attributes in
            attributes["messaging.destination.partition.id"] = "\(partition)"
            if let offset { attributes["messaging.kafka.offset"] = offset }
        }
    }

    /// The first failure is the span's.
    private func fail(_ count: Int, _ error: KafkaError) {
        let isFirst = state.withLock { state in
            defer { state.hasFailed = true }
            return !state.hasFailed
        }
        if isFirst, span.isRecording {
            span.attributes["error.type"] = error.name
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error, message: error.message))
        }
        settle(count)
    }

    private func settle(_ count: Int) {
        let isOver = state.withLock { state in
            state.remaining -= count
            return state.remaining == 0
        }
        if isOver { span.end() }
    }
}
#endif
