// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Synchronization

/// Carries librdkafka's statistics from the event thread to the user's handler, which may be slow: only the newest
/// report waits for it.
final class StatisticsRelay: Sendable {
    private let handler: @Sendable (String) -> Void
    private let queue = DispatchQueue(label: "kafka-statistics")
    private let waiting = Mutex<String?>(nil)

    init(handler: @escaping @Sendable (String) -> Void) { self.handler = handler }

    func report(_ json: String) {
        let wasIdle = waiting.withLock { waiting in
            defer { waiting = json }
            return waiting == nil
        }
        guard wasIdle else { return }
        queue.async { [self] in
            if let json = waiting.withLock({ $0.take() }) { handler(json) }
        }
    }
}
