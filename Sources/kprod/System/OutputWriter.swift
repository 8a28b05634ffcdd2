// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// Writes data to a file or to standard output on a queue of its own, so that no task ever blocks in `write`.
///
/// What is appended while a write is under way goes with the next one: a slow reader gets large pieces, a quick one
/// gets each at once.
final class OutputWriter: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var isWriting = false
        var failure: ToolError?
        var onFailure: (@Sendable (ToolError) -> Void)?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// So much may be waiting before ``waitForRoom()`` waits.
    private static let room = 1 << 20

    /// How the output is called in messages.
    let name: String
    private let handle: FileHandle
    private let isFile: Bool
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
        if mustStart { queue.async { [self] in writePending() } }
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
    func flush() async -> ToolError? {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                if isFile {
                    do { try handle.synchronize() } catch { fail(error) }
                }
                continuation.resume(returning: failure)
            }
        }
    }

    /// Writes the rest and makes sure that a file is on the disk; returns what went wrong at any time.
    func close() async -> ToolError? {
        await withCheckedContinuation { continuation in
            // Behind all writes: the queue has one thread.
            queue.async { [self] in
                if isFile {
                    do {
                        try handle.synchronize()
                        try handle.close()
                    } catch {
                        fail(error)
                    }
                }
                continuation.resume(returning: state.withLock { $0.failure })
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
                try handle.write(contentsOf: Data(bytes))
            } catch {
                fail(error)
            }
        }
    }

    private func fail(_ error: any Error) {
        let failure = ToolError(.outputFailed, "\(name): cannot be written: \(reason(of: error))")
        let (isFirst, onFailure) = state.withLock { state in
            defer { state.failure = state.failure ?? failure }
            state.pending = []
            return (state.failure == nil, state.onFailure)
        }
        if isFirst { onFailure?(failure) }
    }
}
