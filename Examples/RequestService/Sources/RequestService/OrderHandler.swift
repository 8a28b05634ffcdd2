// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What is done for a request, `CUSTOMER ORDER`: it is answered once the order is in the log.
struct OrderHandler: Sendable {
    let producer: AsyncProducer
    var topic: Topic = "orders"

    struct BadRequest: Error, CustomStringConvertible {
        let description = "a request is CUSTOMER ORDER"
    }

    typealias Outcome = Result<Place, ProducerError>

    /// Where an order is.
    struct Place: Sendable {
        let partition: Int32
        let offset: Int64?
    }

    func handle(_ request: String) async throws -> Server.Reply {
        let words = request.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { throw BadRequest() }
        // The outcome finds its handler by what travels with the message.
        let (outcomes, outcome) = AsyncStream.makeStream(of: Outcome.self)
        let message = ProducerMessage(topic: topic, key: words[0], value: words[1], metadata: outcome)
        // `trySend` never waits: with a full buffer the client learns it now, and can go elsewhere. `deliver` would
        // wait for room, with the client, the connection and one of the requests that may be at work.
        if case .refused = try producer.input.trySend(message) { return .busy }
        guard let result = await outcomes.first(where: { _ in true }) else { throw CancellationError() }
        let place = try result.get()
        return .done("ok \(place.partition) \(place.offset.map(String.init) ?? "-")")
    }

    /// Gives each outcome to the handler that waits for it, until the producer has closed.
    func distributeOutcomes() async {
        async let successes: Void = distributeSuccesses()
        for await failure in producer.errors {
            (failure.message.metadata as? AsyncStream<Outcome>.Continuation)?.yield(.failure(failure))
        }
        await successes
    }

    private func distributeSuccesses() async {
        for await message in producer.successes {
            let place = Place(partition: message.partition, offset: message.offset)
            (message.metadata as? AsyncStream<Outcome>.Continuation)?.yield(.success(place))
        }
    }
}
