// SPDX-License-Identifier: Apache-2.0

/// What the event thread is to do next, as its owner says.
package enum EventThreadStep: Sendable {
    /// Block until something happens.
    case wait
    /// Drop what librdkafka holds, then look again within 100 ms.
    case purge
    /// Let go of the client and end.
    case stop
}

/// Receives the events of one client, on its event thread.
package protocol EventHandler: AnyObject, Sendable {
    func handle(_ event: Event)
    /// Asked after each event and each `Client.yield()`.
    func nextStep() -> EventThreadStep
    /// The last call, after which the thread lets go of the client.
    func eventThreadEnded()
}

/// The one thread of a producer that waits in librdkafka: no timer, no interval, no work while nothing happens.
package enum EventThread {
    /// Starts the thread; returns false when the system has none to give. It keeps `client` and `handler` alive.
    package static func start(for client: Client, handler: any EventHandler) -> Bool {
        Thread.spawn(named: "kafka-events") {
            while true {
                var timeout: Int32 = -1
                switch handler.nextStep() {
                case .wait: break
                case .purge:
                    client.purge()
                    timeout = 100
                case .stop:
                    handler.eventThreadEnded()
                    return
                }
                if let event = client.poll(timeout: timeout) { handler.handle(event) }
            }
        }
    }
}
