// SPDX-License-Identifier: Apache-2.0

/// A queue: the standard library has none. Popping costs amortised constant time and keeps no popped element alive.
struct FIFO<Element> {
    private var storage: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == storage.count }
    var count: Int { storage.count - head }
    var first: Element? { isEmpty ? nil : storage[head] }

    mutating func append(_ element: Element) { storage.append(element) }

    /// Puts an element back in front.
    mutating func prepend(_ element: Element) {
        if head > 0 {
            head -= 1
            storage[head] = element
        } else {
            storage.insert(element, at: 0)
        }
    }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = storage[head]
        storage[head] = nil
        head += 1
        if isEmpty {
            storage.removeAll(keepingCapacity: storage.count <= 1024)
            head = 0
        } else if head > 32, head * 2 > storage.count {
            storage.removeFirst(head)
            head = 0
        }
        return element
    }

    mutating func removeAll() -> [Element] {
        defer { self = FIFO() }
        return storage[head...].compactMap { $0 }
    }

    var elements: [Element] { storage[head...].compactMap { $0 } }
}
