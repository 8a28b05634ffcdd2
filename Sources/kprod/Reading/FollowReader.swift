// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// Reads files that grow, as `tail -F` does, on a queue of its own.
///
/// The files are looked at ten times a second: no system call tells of growth, rotation and truncation on every system
/// and file system.
final class FollowReader: Sendable {
    private static let interval = DispatchTimeInterval.milliseconds(100)

    private let files: Mutex<[FollowedFile]>
    private let channel = ChunkChannel<(file: Int, event: FollowedFile.Event)>()
    private let queue = DispatchQueue(label: "kprod.follow")

    /// Calls `notify` with what people should know: that a file is not there, or was replaced.
    init(_ sources: [InputSource], notify: @escaping @Sendable (String) -> Void) {
        files = Mutex(sources.map { FollowedFile($0, notify: notify) })
    }

    func start() { queue.async { [self] in look() } }

    private func look() {
        let goesOn = files.withLock { files in
            files.indices.allSatisfy { index in files[index].poll { channel.push((index, $0)) } }
        }
        if goesOn && !channel.isOver { return queue.asyncAfter(deadline: .now() + Self.interval) { [self] in look() } }
        channel.finish()
    }

    /// What happened next, and to which of the files; nil after a stop.
    func next() async -> (file: Int, event: FollowedFile.Event)? { await channel.next() }

    func stop() { channel.stop() }
}
