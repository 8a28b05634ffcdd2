// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What the workers of a server have in common.
struct Shared: Sendable {
    let producer: AsyncProducer
    let topic: Topic
    let listeners: [Listener]
    let limits: Limits
    let counters: Counters
    let mailboxes: [Mailbox]
    let stops = StopRequests()

    init(_ producer: AsyncProducer, topic: Topic, listeners: [Listener], limits: Limits) throws(ServerError) {
        self.producer = producer
        self.topic = topic
        self.listeners = listeners
        self.limits = limits
        counters = Counters(producer)
        var mailboxes: [Mailbox] = []
        for _ in 0..<limits.workers { mailboxes.append(try Mailbox()) }
        self.mailboxes = mailboxes
    }

    func tellAll(_ message: WorkerMessage) {
        for mailbox in mailboxes { mailbox.post(message) }
    }
}
