// SPDX-License-Identifier: Apache-2.0

/// What the service has taken and not yet brought to safety, and what became of the rest.
struct Ledger: Sendable {
    /// Where a line is safe.
    enum Place: String {
        case delivered
        case deadLettered = "dead-lettered"
        case spooled
        /// Nowhere: the spool could not be written either.
        case lost = "not accepted"
    }

    private(set) var open: [Int: Item] = [:]
    private(set) var counts: [Place: Int] = [:]
    private(set) var lines = 0
    private(set) var replayed = 0
    /// Items for the spool, which takes many at a time: one write to the disk for each would hold up the others.
    private(set) var forSpool: Set<Int> = []

    /// Those to be sent, in the order in which they came.
    var unsent: [Item] { open.values.filter { !forSpool.contains($0.id) }.sorted { abs($0.id) < abs($1.id) } }

    var isReplaying: Bool { open.keys.contains { $0 < 0 } }

    mutating func take(_ text: String) -> Item {
        lines += 1
        return keep(Item(id: lines, text: text))
    }

    mutating func replay(_ record: Spool.Record) {
        replayed += 1
        _ = keep(Item(id: -replayed, text: record.text, mayBeInLog: record.mayBeInLog))
    }

    /// For when nobody learns what became of them.
    mutating func markOpenAsPossiblyInLog() {
        for id in open.keys { open[id]?.mayBeInLog = true }
    }

    mutating func keep(_ item: Item) -> Item {
        open[item.id] = item
        return item
    }

    mutating func markForSpool(_ item: Item) {
        open[item.id] = item
        forSpool.insert(item.id)
    }

    mutating func settle(_ item: Item, _ place: Place) {
        guard open.removeValue(forKey: item.id) != nil else { return }
        forSpool.remove(item.id)
        counts[place, default: 0] += 1
    }

    var description: String {
        let places = [Place.delivered, .deadLettered, .spooled, .lost]
        let list = places.filter { $0 != .lost || counts[$0] != nil }.map { "\(counts[$0] ?? 0) \($0.rawValue)" }
        return "\(lines) lines, \(replayed) replayed: \(list.joined(separator: ", ")), \(open.count) open"
    }
}
