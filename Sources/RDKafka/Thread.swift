// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Threads of the library's own: detached, named, and deaf to signals, so that a signal always reaches the
/// application's threads.
package enum Thread {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Runs `body` on a new thread. Returns false when the system has no thread to give.
    ///
    /// - Parameter name: At most 15 bytes on Linux; longer names are cut.
    package static func spawn(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        // Ownership goes to the new thread, which takes it back in its first statement; taken back here if there is none.
        let start = unsafe Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))

        // A thread inherits the mask of its creator: block everything for the moment of the call.
        var all = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, &previous)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &previous, nil) }

        #if canImport(Darwin)
        var thread: pthread_t?
        let status = unsafe pthread_create(&thread, nil, { unsafe run($0) }, start.toOpaque())
        #else
        var thread = pthread_t()
        let status = unsafe pthread_create(&thread, nil, { unsafe run($0) }, start.toOpaque())
        #endif
        guard status == 0 else {
            unsafe start.release()
            return false
        }
        #if canImport(Darwin)
        if let thread = unsafe thread { unsafe pthread_detach(thread) }
        #else
        pthread_detach(thread)
        #endif
        return true
    }

    @unsafe private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        // `argument` is the retained `Start` that `spawn` handed over, exactly once.
        guard let argument = unsafe argument else { return nil }
        let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        unsafe clibrdkafka_name_thread(start.name)
        start.body()
        return nil
    }
}
