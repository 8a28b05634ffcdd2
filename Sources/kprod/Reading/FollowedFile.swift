// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A name under which a file grows, and one after the other is put in its place.
///
/// As `tail -F`, but what had the name before is read on beside what has it now: whoever writes may take a while to
/// hear of the new one.
struct FollowedFile {
    enum Event: Equatable, Sendable {
        /// A file is read from a byte on.
        case began(Int)
        case bytes(Data)
        /// What was read so far is all of it.
        case ended
    }

    /// Where the first file is begun.
    enum Start: Equatable, Sendable {
        case beginning
        /// Behind the last delimiter: what is there already is not wanted.
        case end(delimiter: [UInt8])
    }

    /// So long a file that lost its name is waited for when nothing is added.
    private static let patience = Duration.seconds(2)

    private let path: FilePath
    private let name: String
    private let notify: @Sendable (String) -> Void
    private var start: Start
    /// Those that had the name and may still grow, and the one that has it, by a number for each.
    private var readers: [(number: Int, reader: GrowingFile)] = []
    private var lastNumber = 0
    /// Whether there was any.
    private var wasSeen = false
    /// What was said last, which need not be said again.
    private var notice = ""

    init(_ source: InputSource, start: Start = .beginning, notify: @escaping @Sendable (String) -> Void) {
        path = if case .file(let path) = source { path } else { FilePath("/dev/stdin") }
        name = source.name
        self.start = start
        self.notify = notify
    }

    /// Opens a file that had the name; at another place by now, perhaps.
    mutating func open(_ place: FilePath, _ emit: (Int, Event) -> Bool) -> Bool {
        guard let file = try? GrowingFile(place), !readers.contains(where: { $0.reader.identity == file.identity })
        else { return true }
        return begin(file, emit)
    }

    /// Hands over what is new, with the number of the file it is of; false when `emit` says that nobody wants more.
    mutating func poll(now: ContinuousClock.Instant, _ emit: (Int, Event) -> Bool) -> Bool {
        if !look(emit) { return false }
        var index = 0
        while index < readers.count {
            let number = readers[index].number
            var isWanted = true
            do {
                let state = try readers[index].reader.read(now: now) { bytes in
                    isWanted = emit(number, .bytes(bytes))
                    return isWanted
                }
                if !isWanted { return false }
                if state == .cutShort {
                    say("was cut short; reading it from its beginning")
                    if !emit(number, .ended) || !restart(index, emit) { return false }
                }
            } catch {
                say("cannot be read: \(reason(of: error)); trying again")
            }
            let hasSuccessor = index + 1 < readers.count
            if hasSuccessor, readers[index].reader.idleTime(now) >= Self.patience {
                if !emit(readers.remove(at: index).number, .ended) { return false }
            } else {
                index += 1
            }
        }
        return true
    }

    /// Looks whether another file has the name.
    private mutating func look(_ emit: (Int, Event) -> Bool) -> Bool {
        do {
            let status = try path.status()
            if readers.last?.reader.identity == status.identity { return true }
            // One that comes back, such as two names that are exchanged, is being read.
            if let index = readers.firstIndex(where: { $0.reader.identity == status.identity }) {
                readers.append(readers.remove(at: index))
                return true
            }
            return begin(try GrowingFile(path), emit)
        } catch POSIXError.ENOENT, POSIXError.ENOTDIR {
            if !wasSeen { say("is not there; waiting for it") }
        } catch {
            say("cannot be opened: \(reason(of: error)); trying again")
        }
        return true
    }

    private mutating func begin(_ file: GrowingFile, _ emit: (Int, Event) -> Bool) -> Bool {
        var file = file
        if wasSeen { say("was replaced; reading the new file") } else if !notice.isEmpty { say("is there now") }
        // Only what was there at the start has a past that may be unwanted.
        if case .end(let delimiter) = start, !wasSeen, notice.isEmpty { try? file.skipToEnd(delimiter) }
        wasSeen = true
        lastNumber += 1
        readers.append((lastNumber, file))
        return emit(lastNumber, .began(file.position))
    }

    private mutating func restart(_ index: Int, _ emit: (Int, Event) -> Bool) -> Bool {
        lastNumber += 1
        readers[index].number = lastNumber
        return emit(lastNumber, .began(0))
    }

    private mutating func say(_ what: String) {
        // Replacing is what happens again and again.
        if what == notice { return }
        notice = what
        notify("\(name): \(what)")
    }
}
