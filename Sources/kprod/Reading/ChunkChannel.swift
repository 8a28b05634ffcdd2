// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Hands chunks from a thread that may block to a task that must not.
///
/// Holds two at most: one is being used while the next is read.
final class ChunkChannel<Chunk: Sendable>: Sendable {
    private struct State {
        var chunks: [Chunk] = []
        var isOver = false
        var failure: ToolError?
        var reader: CheckedContinuation<Chunk?, Never>?
    }

    private static var capacity: Int { 2 }

    private let state = Mutex(State())
    /// Counts free places.
    ///
    /// It begins at 0 because libdispatch traps when a semaphore dies below its first value.
    private let room = DispatchSemaphore(value: 0)

    init() {
        for _ in 0..<Self.capacity { room.signal() }
    }

    /// Waits for a place; false when nobody wants more.
    ///
    /// Blocks: not for a task.
    func push(_ chunk: Chunk) -> Bool {
        room.wait()
        let (isWanted, reader) = state.withLock { state -> (Bool, CheckedContinuation<Chunk?, Never>?) in
            if state.isOver { return (false, nil) }
            guard let reader = state.reader.take() else {
                state.chunks.append(chunk)
                return (true, nil)
            }
            return (true, reader)
        }
        if let reader {
            room.signal()
            reader.resume(returning: chunk)
        }
        return isWanted
    }

    /// No chunk comes after those that were pushed.
    func finish(_ failure: ToolError? = nil) {
        let reader = state.withLock { state -> CheckedContinuation<Chunk?, Never>? in
            state.isOver = true
            if state.failure == nil { state.failure = failure }
            return state.reader.take()
        }
        reader?.resume(returning: nil)
    }

    /// Nobody wants the rest.
    func stop() {
        let reader = state.withLock { state -> CheckedContinuation<Chunk?, Never>? in
            state.isOver = true
            state.chunks = []
            return state.reader.take()
        }
        room.signal()
        reader?.resume(returning: nil)
    }

    /// The next chunk, or nil at the end.
    ///
    /// One task at a time may call this.
    func next() async -> Chunk? {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> (chunk: Chunk?, wasWaiting: Bool)? in
                if !state.chunks.isEmpty { return (state.chunks.removeFirst(), true) }
                if state.isOver { return (nil, false) }
                state.reader = continuation
                return nil
            }
            guard let ready else { return }
            if ready.wasWaiting { room.signal() }
            continuation.resume(returning: ready.chunk)
        }
    }

    /// Why the input ended early, once it has.
    var failure: ToolError? { state.withLock { $0.failure } }

    /// Whether nothing more will come, or is wanted.
    var isOver: Bool { state.withLock { $0.isOver } }
}
