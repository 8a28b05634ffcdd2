// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// Writes data to a file or to standard output on a queue of its own, so that no task ever blocks in `write`.
///
/// What is appended while a write is under way goes with the next one: a slow reader gets large pieces, a quick one
/// gets each at once. A file gets whole lines with each write, at its end: several processes may write to one.
final class OutputWriter: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var isWriting = false
        /// Counts what was written, to tell a slow reader from one that is stuck.
        var writes = 0
        var failure: ToolError?
        var onFailure: (@Sendable (ToolError) -> Void)?
        /// Whoever waits for room, or for all to be written.
        var waiters: [CheckedContinuation<Void, Never>] = []
        var closers: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastCloser = 0
        /// Whether the queue's thread may be stuck for ever.
        var isGivenUp = false
    }

    /// So much may be waiting before ``waitForRoom()`` waits.
    private static let room = 1 << 20
    /// What a pipe gets at once: its reader is stuck when it takes no such piece for ``patience``.
    private static let pieceSize = 64 << 10
    private static let patience = Duration.seconds(1)
    private static let moment = DispatchTimeInterval.milliseconds(2)

    /// How the output is called in messages.
    let name: String
    private let handle: FileHandle
    let isFile: Bool
    private let queue = DispatchQueue(label: "kprod.output")
    private let state = Mutex(State())

    static let standardOutput = OutputWriter(.standardOutput, name: "stdout", isFile: false)

    init(_ handle: FileHandle, name: String, isFile: Bool) {
        self.handle = handle
        self.name = name
        self.isFile = isFile
    }

    /// Calls `onFailure` when data cannot be written, once; what comes after is dropped.
    func start(onFailure: @escaping @Sendable (ToolError) -> Void) {
        let failure = state.withLock { state in
            state.onFailure = onFailure
            return state.failure
        }
        if let failure { onFailure(failure) }
    }

    /// Adds bytes; of a file, whole lines.
    func append(_ bytes: some Collection<UInt8>) {
        add { $0.append(contentsOf: bytes) }
    }

    func append(_ bytes: Span<UInt8>) {
        add { $0.append(bytes) }
    }

    private func add(_ bytes: (inout [UInt8]) -> Void) {
        let mustStart = state.withLock { state in
            if state.failure != nil { return false }
            bytes(&state.pending)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if !mustStart { return }
        // What comes within a moment goes to a file with it; a pipe has a reader who waits.
        if isFile {
            queue.asyncAfter(deadline: .now() + Self.moment) { [self] in writePending() }
        } else {
            queue.async { [self] in writePending() }
        }
    }

    /// What went wrong, once something has.
    var failure: ToolError? { state.withLock { $0.failure } }

    /// Suspends while more is waiting to be written than is good for the memory.
    func waitForRoom() async {
        guard state.withLock({ $0.pending.count > Self.room }) else { return }
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state in
                if state.pending.count <= Self.room { return true }
                state.waiters.append(continuation)
                return false
            }
            if hasRoom { continuation.resume() }
        }
    }

    /// Waits until all that was appended is written, and on the disk if it is a file; returns what went wrong.
    func flush() async -> ToolError? { await finish(closing: false) }

    /// The same, and closes a file.
    func close() async -> ToolError? { await finish(closing: true) }

    private func finish(closing: Bool) async -> ToolError? {
        await withCheckedContinuation { continuation in
            let number = state.withLock { state -> Int? in
                if state.isGivenUp { return nil }
                state.lastCloser += 1
                state.closers[state.lastCloser] = continuation
                return state.lastCloser
            }
            guard let number else { return continuation.resume() }
            // Behind all writes: the queue has one thread.
            queue.async { [self] in
                writePending()
                if isFile, failure == nil {
                    do {
                        try handle.synchronize()
                        if closing { try handle.close() }
                    } catch {
                        fail("cannot be written: \(reason(of: error))")
                    }
                }
                state.withLock { $0.closers.removeValue(forKey: number) }?.resume()
            }
        }
        return failure
    }

    /// Gives up when nobody takes what is to be written: whoever waits for it waits no longer, and the rest is dropped.
    ///
    /// The thread that is stuck in `write` stays behind until the process ends.
    func giveUpWhenStuck() {
        Task { [weak self] in
            var last = -1
            while let self {
                let (writes, isWriting) = state.withLock { ($0.writes, $0.isWriting) }
                if isWriting, writes == last {
                    return fail("nobody reads it: it is not complete", givesUp: true)
                }
                last = isWriting ? writes : -1
                try? await Task.sleep(for: Self.patience)
            }
        }
    }

    private func writePending() {
        while true {
            let (bytes, waiters) = state.withLock { state in
                state.isWriting = !state.pending.isEmpty
                return (exchange(&state.pending, with: []), exchange(&state.waiters, with: []))
            }
            for waiter in waiters { waiter.resume() }
            if bytes.isEmpty { return }
            do {
                let size = isFile ? bytes.count : Self.pieceSize
                for start in stride(from: 0, to: bytes.count, by: size) {
                    try handle.write(contentsOf: Data(bytes[start..<min(start + size, bytes.count)]))
                    state.withLock { $0.writes += 1 }
                }
            } catch {
                fail("cannot be written: \(reason(of: error))")
            }
        }
    }

    private func fail(_ what: String, givesUp: Bool = false) {
        let failure = ToolError(.outputFailed, "\(name): \(what)")
        let (onFailure, waiters, closers) = state.withLock { state in
            defer { state.failure = state.failure ?? failure }
            state.pending = []
            state.isGivenUp = state.isGivenUp || givesUp
            return (
                state.failure == nil ? state.onFailure : nil, exchange(&state.waiters, with: []),
                givesUp ? exchange(&state.closers, with: [:]) : [:]
            )
        }
        onFailure?(failure)
        for waiter in waiters { waiter.resume() }
        for closer in closers.values { closer.resume() }
    }
}
