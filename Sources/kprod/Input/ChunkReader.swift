// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// Reads an input in large chunks on a queue of its own, so that no task ever blocks in `read`, and a stop is heard at
/// once even while a pipe or a terminal is silent.
final class ChunkReader: Sendable {
    static let chunkSize = 256 << 10

    private let source: InputSource
    private let channel = ChunkChannel()
    private let queue = DispatchQueue(label: "kprod.input")

    init(_ source: InputSource) { self.source = source }

    func start() {
        queue.async { [self] in
            do throws(ToolError) {
                let handle = try source.open()
                // Only what has positions gives all that is asked for; a pipe or a terminal is read as it comes.
                if (try? handle.offset()) != nil { readAll(handle) } else { readWhenReady(handle) }
            } catch {
                channel.finish(error)
            }
        }
    }

    /// The next chunk, or nil at the end; ``failure`` then says whether it was the real one.
    func next() async -> Data? { await channel.next() }

    var failure: ToolError? { channel.failure }

    func stop() { channel.stop() }

    private func readAll(_ handle: FileHandle) {
        while read(Self.chunkSize, from: handle) {}
    }

    /// Waits for the descriptor instead of blocking in `read`: `FileHandle` would wait for a whole chunk, and a line
    /// that somebody typed would not be sent before 256 KiB were.
    private func readWhenReady(_ handle: FileHandle) {
        let ready = DispatchSource.makeReadSource(fileDescriptor: handle.fileDescriptor, queue: queue)
        // The source lives as long as its handler, which is until it is cancelled.
        ready.setEventHandler { [self] in
            // At the end of the input the estimate is 0, and reading 1 byte finds the end.
            let available = min(max(1, Int(clamping: ready.data)), Self.chunkSize)
            if !read(available, from: handle) { ready.cancel() }
        }
        ready.activate()
    }

    /// Reads and passes on one chunk; false at the end.
    private func read(_ count: Int, from handle: FileHandle) -> Bool {
        do {
            guard let chunk = try handle.read(upToCount: count), !chunk.isEmpty else {
                channel.finish()
                return false
            }
            return channel.push(chunk)
        } catch {
            channel.finish(ToolError(.noInput, "\(source.name): cannot be read: \(reason(of: error))"))
            return false
        }
    }
}
