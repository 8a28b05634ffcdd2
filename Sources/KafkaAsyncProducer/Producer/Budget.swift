// SPDX-License-Identifier: Apache-2.0

/// The room for messages: taken when one is accepted, given back when its outcome is taken.
struct Budget {
    /// What a message costs beside its bytes: librdkafka's and this library's records of it.
    static let overhead = 256

    let maximumMessages: Int
    let maximumBytes: Int
    private(set) var messages = 0
    private(set) var bytes = 0

    init(maximumMessages: Int, maximumBytes: Int) {
        self.maximumMessages = maximumMessages
        self.maximumBytes = maximumBytes
    }

    enum Limit: Sendable {
        case messages
        case bytes
    }

    /// The limit that `count` more messages of `size` bytes together would pass, if any.
    func limit(count: Int, size: Int) -> Limit? {
        if messages + count > maximumMessages { return .messages }
        if bytes + size > maximumBytes { return .bytes }
        return nil
    }

    /// Takes room and returns true, or changes nothing.
    mutating func take(count: Int, size: Int) -> Bool {
        guard limit(count: count, size: size) == nil else { return false }
        messages += count
        bytes += size
        return true
    }

    /// Takes room that may not be there.
    mutating func overdraw(count: Int, size: Int) {
        messages += count
        bytes += size
    }

    mutating func giveBack(count: Int, size: Int) {
        messages -= count
        bytes -= size
    }
}
