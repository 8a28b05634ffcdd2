// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Tells whether this process was forked since a client was made.
///
/// A child inherits the client but none of its threads: librdkafka would take messages and never send them. Asking
/// the kernel for the process id costs 128 ns; this costs one load.
package enum ForkGuard {
    /// `pthread_atfork` has no undo, so it is registered once per process; -1 when the system refused.
    private static let registration: Int32 = pthread_atfork(
        nil,
        nil,
        { forkGeneration.add(1, ordering: .relaxed) }
    )

    /// Changes in the child of every `fork`.
    package static var current: Int { forkGeneration.load(ordering: .relaxed) }

    package static func register() { _ = registration }
}

/// Not a static member: a global with a constant value needs no check for its first use.
private let forkGeneration = Atomic<Int>(0)
