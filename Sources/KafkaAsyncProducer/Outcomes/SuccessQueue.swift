// SPDX-License-Identifier: Apache-2.0

/// Delivered messages on their way to readers: the rules of ``AsyncProducer/Configuration/Returns/Successes``, pure.
///
/// What it holds is still charged to the budget; whoever takes or discards a batch gives that room back.
struct SuccessQueue<Batch, Reader> {
    typealias Unread = UnreadMessages<Batch>
    typealias Policy = AsyncProducer.Configuration.Returns.Successes

    let policy: Policy
    private(set) var unreadCount = 0
    private(set) var iterators = 0
    /// The tasks that work on a batch they took, by iterator.
    private var readingTasks: [ObjectIdentifier: Int] = [:]
    private(set) var isFinished = false
    var readers = WaiterQueue<Reader>()
    private var unread = FIFO<Unread>()

    init(policy: Policy) { self.policy = policy }

    /// Whether elements are kept at all.
    var keepsElements: Bool { policy != .never }

    /// Whether anything may be thrown away because nobody reads.
    var mayDiscard: Bool { policy == .automatic && iterators == 0 }

    mutating func append(_ item: Unread) {
        unread.append(item)
        unreadCount += item.count
    }

    mutating func prepend(_ item: Unread) {
        unread.prepend(item)
        unreadCount += item.count
    }

    mutating func take() -> Unread? {
        guard let item = unread.popFirst() else { return nil }
        unreadCount -= item.count
        return item
    }

    mutating func iteratorStarted() { iterators += 1 }

    mutating func iteratorEnded(_ iterator: ObjectIdentifier) {
        iterators -= 1
        readingTasks[iterator] = nil
    }

    /// Notes that `task` works on a batch that `iterator` took, or on none any more.
    mutating func setReadingTask(_ task: Int?, of iterator: ObjectIdentifier) { readingTasks[iterator] = task }

    /// Whether nobody but `task` could make room by reading on.
    func isReading(_ task: Int?) -> Bool {
        guard let task else { return false }
        return readingTasks.values.contains(task)
    }

    /// No more will come: readers get what is left and then nil.
    mutating func finish() { isFinished = true }
}

/// Some or all messages of a batch, not read yet.
struct UnreadMessages<Batch> {
    let batch: Batch
    /// The first position that was not read.
    var start: Int
    var count: Int
}

extension UnreadMessages: Sendable where Batch: Sendable {}
