// SPDX-License-Identifier: Apache-2.0

import CKprod
import Dispatch
import Foundation
import Synchronization

/// Reads an input in large chunks on a queue of its own, so that no task ever blocks in `read`, and a stop is heard at
/// once even while a pipe or a terminal is silent: the queue's thread then stays behind until the process ends.
final class ChunkReader: Sendable {
    static let chunkSize = 256 << 10

    private let source: InputSource
    private let channel = ChunkChannel<Data>()
    private let typist = Mutex<(any Typist)?>(nil)
    private let count = Atomic(0)
    private let isFile = Atomic(false)
    private let queue = DispatchQueue(label: "kprod.input")

    /// Where the first chunk begins; anywhere but at the beginning only for what has positions.
    let origin: Position

    init(_ source: InputSource, from origin: Position = Position()) {
        self.source = source
        self.origin = origin
    }

    func start() {
        queue.async { [self] in
            do throws(ToolError) {
                let handle = try source.open()
                if origin.byte > 0 { try seek(handle) }
                // Only what has positions gives all that is asked for; a pipe or a terminal is read as it comes.
                if (try? handle.offset()) == nil {
                    if let screen = TypedInput.begin(handle) { return readTyped(handle, echo: screen) }
                    return readWhenReady(handle)
                }
                isFile.store(true, ordering: .relaxed)
                readAll(handle)
            } catch {
                channel.finish(error)
            }
        }
    }

    /// The next chunk, or nil at the end; ``failure`` then says whether it was the real one.
    func next() async -> Data? {
        guard let typist = typist.withLock({ $0 }) else { return await channel.next() }
        typist.prompt()
        let chunk = await channel.next()
        if chunk == nil { typist.end() } else { typist.heard() }
        return chunk
    }

    /// From here on each ``next()`` asks for a line first.
    func talk(_ typist: any Typist) {
        typist.begin()
        self.typist.withLock { $0 = typist }
    }

    /// Whether what was read can be read again.
    var hasPositions: Bool { isFile.load(ordering: .relaxed) }

    /// How many bytes were taken out of the input.
    var byteCount: Int { count.load(ordering: .relaxed) }

    var failure: ToolError? { channel.failure }

    func stop() { channel.stop() }

    private func seek(_ handle: FileHandle) throws(ToolError) {
        do {
            try handle.seek(toOffset: UInt64(clamping: origin.byte))
        } catch {
            throw ToolError(.noInput, "\(source.name): cannot be read from the middle: \(reason(of: error))")
        }
    }

    private func readAll(_ handle: FileHandle) {
        while read(Self.chunkSize, from: handle) {}
    }

    /// Waits for the descriptor instead of blocking in `read`: `FileHandle` would wait for a whole chunk, and a line
    /// that somebody typed would not be sent before 256 KiB were.
    ///
    /// A dispatch source would do the same, but libdispatch on Linux can crash when one ends (its issue 949).
    private func readWhenReady(_ handle: FileHandle) {
        while true {
            let available = Int(kprod_wait_for_input(handle.fileDescriptor))
            // 0 means that every writer is gone: what is left can be read without waiting.
            if available == 0 { return readAll(handle) }
            guard read(min(available, Self.chunkSize), from: handle) else { return }
        }
    }

    /// Reads keys, and passes on lines.
    private func readTyped(_ handle: FileHandle, echo screen: FileHandle) {
        defer { TypedInput.end() }
        var editor = LineEditor()
        while true {
            let available = Int(kprod_wait_for_input(handle.fileDescriptor))
            let keys = available == 0 ? nil : try? handle.read(upToCount: min(available, Self.chunkSize))
            // A window that was closed has no more keys.
            guard let keys, !keys.isEmpty else { return channel.finish() }
            let result = editor.take(keys)
            try? screen.write(contentsOf: Data(result.echo))
            if !result.lines.isEmpty {
                count.add(result.lines.count, ordering: .relaxed)
                if !channel.push(Data(result.lines)) { return }
            }
            if result.isAtEnd { return channel.finish() }
        }
    }

    /// Reads and passes on one chunk; false at the end.
    private func read(_ count: Int, from handle: FileHandle) -> Bool {
        do {
            guard let chunk = try handle.read(upToCount: count), !chunk.isEmpty else {
                channel.finish()
                return false
            }
            self.count.add(chunk.count, ordering: .relaxed)
            return channel.push(chunk)
        } catch {
            channel.finish(ToolError(.noInput, "\(source.name): cannot be read: \(reason(of: error))"))
            return false
        }
    }
}
