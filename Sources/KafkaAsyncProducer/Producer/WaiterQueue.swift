// SPDX-License-Identifier: Apache-2.0

/// Suspended tasks in the order in which they came, each under an id by which its cancellation finds it.
///
/// A waiter registers first and looks at its task's cancellation after that. A cancellation that came too early to
/// find it is seen by that look, one that came later finds it: none is lost, and nothing has to be remembered.
struct WaiterQueue<Waiter> {
    private var waiters = FIFO<(id: UInt64, waiter: Waiter)>()
    private var lastID: UInt64 = 0

    var isEmpty: Bool { waiters.isEmpty }
    var count: Int { waiters.count }
    var first: Waiter? { waiters.first?.waiter }

    /// An id for a waiter that is about to register.
    mutating func makeID() -> UInt64 {
        lastID += 1
        return lastID
    }

    mutating func append(_ waiter: Waiter, id: UInt64) { waiters.append((id, waiter)) }

    mutating func popFirst() -> Waiter? { waiters.popFirst()?.waiter }

    /// The waiter with this id, unless it was served already.
    mutating func remove(id: UInt64) -> Waiter? { waiters.removeFirst { $0.id == id }?.waiter }

    mutating func removeFirst(where matches: (Waiter) -> Bool) -> Waiter? {
        waiters.removeFirst { matches($0.waiter) }?.waiter
    }

    mutating func removeAll() -> [Waiter] { waiters.removeAll().map(\.waiter) }

    /// Removes those that match.
    mutating func removeAll(where matches: (Waiter) -> Bool) -> [Waiter] {
        var removed: [Waiter] = []
        for entry in waiters.removeAll() {
            if matches(entry.waiter) { removed.append(entry.waiter) } else { waiters.append(entry) }
        }
        return removed
    }

    var all: [Waiter] { waiters.elements.map(\.waiter) }
}
