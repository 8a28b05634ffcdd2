// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Threads of the library's own: detached, named, and deaf to signals, so that a signal always reaches the
/// application's threads.
package enum Thread {
    /// Runs `body` on a new thread. Returns false when the system has no thread to give.
    ///
    /// - Parameter name: At most 15 bytes on Linux; longer names are cut.
    package static func spawn(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        // Ownership goes to the new thread, which takes it back in its first statement; taken back here if there is none.
        let start = unsafe Unmanaged.passRetained(ThreadStart(name: String(name.prefix(15)), body: body)).toOpaque()

        // A thread inherits the mask of its creator: block everything for the moment of the call.
        var all = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, &previous)
        let isCreated = unsafe createDetached(start)
        unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)

        if !isCreated { unsafe Unmanaged<ThreadStart>.fromOpaque(start).release() }
        return isCreated
    }

    /// Blocks the calling thread.
    package static func sleep(milliseconds: Int64) {
        var time = timespec(tv_sec: Int(milliseconds / 1_000), tv_nsec: Int(milliseconds % 1_000) * 1_000_000)
        unsafe nanosleep(&time, nil)
    }
}

private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

@unsafe private func createDetached(_ start: UnsafeMutableRawPointer) -> Bool {
    #if canImport(Darwin)
    var thread: pthread_t?
    guard unsafe pthread_create(&thread, nil, threadMain, start) == 0, let thread = unsafe thread else { return false }
    unsafe pthread_detach(thread)
    #else
    var thread = pthread_t()
    guard unsafe pthread_create(&thread, nil, threadMain, start) == 0 else { return false }
    pthread_detach(thread)
    #endif
    return true
}

/// Where every thread begins; `argument` is the retained `ThreadStart` that `spawn` handed over, exactly once.
@unsafe private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
    unsafe clibrdkafka_name_thread(start.name)
    start.body()
    return nil
}
