// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// One question about a cluster, with a client that lives for the answer.
///
/// Whoever listens to the client's log may know that none will come long before the time is over.
final class ClusterQuestion: Sendable {
    enum Failure: Error {
        /// There is no client with this configuration.
        case noClient(KafkaError)
        case noAnswer(KafkaError)
        case gaveUp(ToolError)
    }

    private let answers: AsyncStream<Result<ClusterMetadata, Failure>>
    private let post: AsyncStream<Result<ClusterMetadata, Failure>>.Continuation

    init() { (answers, post) = AsyncStream.makeStream() }

    /// No answer is waited for any longer.
    func giveUp(_ reason: ToolError) { post.yield(.failure(.gaveUp(reason))) }

    /// Asks about one topic, or about all; once.
    func ask(
        about topic: String? = nil,
        _ configuration: AsyncProducer.Configuration,
        timeout: Duration
    ) async throws(Failure) -> ClusterMetadata {
        let producer: AsyncProducer
        do throws(KafkaError) {
            producer = try await AsyncProducer(configuration)
        } catch {
            throw .noClient(error)
        }
        let question = Task { [post] in
            do throws(KafkaError) {
                post.yield(
                    .success(try await producer.repeatedMetadata(for: topic.map { Topic($0) }, timeout: timeout))
                )
            } catch {
                post.yield(.failure(.noAnswer(error)))
            }
        }
        let answer = await answers.first { _ in true }
        question.cancel()
        producer.asyncClose()
        guard let answer else {
            throw .gaveUp(ToolError(.software, "the client gave no answer: please report this"))
        }
        return try answer.get()
    }
}
