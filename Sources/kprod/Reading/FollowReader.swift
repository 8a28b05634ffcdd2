// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// Reads files that grow, as `tail -F` does, on a queue of its own.
///
/// A file that gets one of the names is opened at once (``FileArrivals``) where the system tells of it; growth is looked for twenty times
/// a second, as no system call tells of it on every system and file system.
final class FollowReader: Sendable {
    /// What happened to which file of which name.
    struct Item: Sendable {
        let source: Int
        /// Numbered anew for each name.
        let file: Int
        let event: FollowedFile.Event
    }

    private let sources: [InputSource]
    private let origin: FollowedFile.Start
    /// Of each source what an earlier run was in the middle of.
    private let earlier: [[EarlierFile]]
    private let notify: @Sendable (String) -> Void
    private let channel = ChunkChannel<Item>()
    private let queue = DispatchQueue(label: "kprod.follow")

    /// Calls `notify` with what people should know: that a file is not there, or was replaced.
    init(
        _ sources: [InputSource],
        from origin: FollowedFile.Start,
        earlier: [[EarlierFile]] = [],
        notify: @escaping @Sendable (String) -> Void
    ) {
        self.sources = sources
        self.origin = origin
        self.earlier = earlier
        self.notify = notify
    }

    func start() { queue.async { [self] in run() } }

    private func run() {
        var files = sources.enumerated().map { index, source in
            let earlier = earlier.indices.contains(index) ? earlier[index] : []
            return FollowedFile(source, start: origin, earlier: earlier, notify: notify)
        }
        let arrivals = FileArrivals(
            sources.map { if case .file(let path) = $0 { path } else { FilePath("/dev/stdin") } },
            notify: notify
        )
        defer { arrivals.stop() }
        arrivals.start()
        while !channel.isOver {
            var isWanted = true
            for arrival in arrivals.take() where isWanted {
                isWanted = files[arrival.index].take(arrival.file) { push(arrival.index, $0, $1) }
            }
            let now = ContinuousClock.now
            for index in files.indices where isWanted {
                isWanted = files[index].poll(now: now) { push(index, $0, $1) }
            }
            if !isWanted { break }
            arrivals.wait()
        }
        channel.finish()
    }

    private func push(_ source: Int, _ file: Int, _ event: FollowedFile.Event) -> Bool {
        channel.push(Item(source: source, file: file, event: event))
    }

    /// What happened next; nil after a stop.
    func next() async -> Item? { await channel.next() }

    func stop() { channel.stop() }
}
