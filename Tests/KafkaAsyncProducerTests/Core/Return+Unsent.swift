// SPDX-License-Identifier: Apache-2.0

@testable import KafkaAsyncProducer

extension ProducerState.Return {
    /// A batch that was certainly not sent and comes back whole.
    init(unsent item: Work) {
        self.init(
            queue: item.queue,
            leader: item.leader,
            aborts: item.aborts,
            oldest: item.oldest,
            duration: 1,
            rest: item.batch,
            chunk: item.batch.chunk,
            isGivenUp: false
        )
    }
}
