// SPDX-License-Identifier: Apache-2.0

internal import KafkaAsyncProducer
internal import RDKafka

/// Runs a call that blocks on a thread of its own, while the caller is suspended.
///
/// Not cancellable: what must end early has to look for a reason by itself.
func offPool<Value: Sendable>(
    _ threadName: String,
    _ body: @escaping @Sendable () throws(KafkaError) -> Value
) async throws(KafkaError) -> Value {
    let result = await withCheckedContinuation { (caller: CheckedContinuation<Result<Value, KafkaError>, Never>) in
        let isStarted = Thread.spawn(named: threadName) {
            caller.resume(returning: Result(catching: body))
        }
        if !isStarted {
            caller.resume(returning: .failure(KafkaError(.systemResources, "the system has no thread to give")))
        }
    }
    return try result.get()
}
