// SPDX-License-Identifier: Apache-2.0

/// Suspended tasks in the order in which they came, each under an id by which its cancellation finds it.
///
/// A waiter registers first and looks at its task's cancellation after that. A cancellation that came too early to
/// find it is seen by that look, one that came later finds it: none is lost, and nothing has to be remembered.
///
/// Each step costs amortised constant time, finding an id its logarithm, whatever the order in which waiters leave;
/// only what asks each of them (`where:`, `all`) costs as much as there are.
package struct WaiterQueue<Waiter> {
    struct Entry {
        let id: UInt64
        /// Nil once it left.
        var waiter: Waiter?
    }

    package init() {}

    /// In the order of the ids. Those that left stay until they outnumber the others.
    private(set) var entries: [Entry] = []
    /// The first one that waits; the end when none does.
    private var head = 0
    package private(set) var count = 0
    private var lastID: UInt64 = 0

    package var isEmpty: Bool { count == 0 }
    package var first: Waiter? { isEmpty ? nil : entries[head].waiter }

    /// An id for a waiter that is about to register, once; its place among the others is fixed by it.
    package mutating func makeID() -> UInt64 {
        lastID += 1
        return lastID
    }

    package mutating func append(_ waiter: Waiter, id: UInt64) {
        // Rarely not the end: between the two steps another one can overtake.
        let index = index(of: id)
        entries.insert(Entry(id: id, waiter: waiter), at: index)
        head = min(head, index)
        count += 1
    }

    package mutating func popFirst() -> Waiter? { take(at: head) }

    /// The waiter with this id, unless it was served already.
    package mutating func remove(id: UInt64) -> Waiter? {
        let index = index(of: id)
        return index < entries.count && entries[index].id == id ? take(at: index) : nil
    }

    mutating func removeFirst(where matches: (Waiter) -> Bool) -> Waiter? {
        for index in head..<entries.count {
            if let waiter = entries[index].waiter, matches(waiter) { return take(at: index) }
        }
        return nil
    }

    package mutating func removeAll() -> [Waiter] {
        defer {
            entries = []
            (head, count) = (0, 0)
        }
        return all
    }

    /// Removes those that match.
    mutating func removeAll(where matches: (Waiter) -> Bool) -> [Waiter] {
        var removed: [Waiter] = []
        for index in head..<entries.count {
            guard let waiter = entries[index].waiter, matches(waiter) else { continue }
            removed.append(waiter)
            entries[index].waiter = nil
        }
        count -= removed.count
        tidy()
        return removed
    }

    var all: [Waiter] { entries[head...].compactMap(\.waiter) }

    // MARK: Entries

    /// Where this id is, or would be.
    private func index(of id: UInt64) -> Int {
        guard let last = entries.last, last.id >= id else { return entries.count }
        var (low, high) = (0, entries.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func take(at index: Int) -> Waiter? {
        guard index < entries.count, let waiter = entries[index].waiter else { return nil }
        entries[index].waiter = nil
        count -= 1
        tidy()
        return waiter
    }

    /// Finds the head again, and forgets those that left once they are the greater part.
    private mutating func tidy() {
        if isEmpty {
            entries.removeAll(keepingCapacity: entries.count <= 1_024)
            head = 0
            return
        }
        while head < entries.count, entries[head].waiter == nil { head += 1 }
        if entries.count > 2 * count + 32 {
            entries.removeAll { $0.waiter == nil }
            head = 0
        }
    }
}
