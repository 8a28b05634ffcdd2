// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A name under which a file grows, and one after the other is put in its place.
///
/// As `tail -F`, but what had the name before is read on beside what has it now: whoever writes may take a while to
/// hear of the new one.
struct FollowedFile {
    enum Event: Equatable, Sendable {
        /// A file is read from a place on; it has a number among the inputs if an earlier run began it.
        case began(Position, FileIdentity?, input: Int?)
        /// More is known of what it is recognised by.
        case known(FileIdentity)
        /// What an earlier run followed cannot be found any more.
        case lost(input: Int)
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
    /// How much of the beginning of each is known.
    private var heads: [Int: Int] = [:]
    /// Those of an earlier run, to be found first.
    private var earlier: [EarlierFile]
    private var lastNumber = 0
    /// Whether there was any.
    private var wasSeen = false
    /// What was said last, which need not be said again.
    private var notice = ""

    init(
        _ source: InputSource,
        start: Start = .beginning,
        earlier: [EarlierFile] = [],
        notify: @escaping @Sendable (String) -> Void
    ) {
        path = if case .file(let path) = source { path } else { FilePath("/dev/stdin") }
        name = source.name
        // What is there and not read yet has come since.
        self.start = earlier.isEmpty ? start : .beginning
        self.earlier = earlier
        self.notify = notify
    }

    /// Takes a file that has the name, or had it a moment ago, unless it is being read.
    mutating func take(_ file: GrowingFile, _ emit: (Int, Event) -> Bool) -> Bool {
        readers.contains { $0.reader.identity == file.identity } || begin(file, emit)
    }

    /// Hands over what is new, with the number of the file it is of; false when `emit` says that nobody wants more.
    mutating func poll(now: ContinuousClock.Instant, _ emit: (Int, Event) -> Bool) -> Bool {
        if !goOn(emit) || !look(emit) { return false }
        var index = 0
        while index < readers.count {
            let number = readers[index].number
            var isWanted = true
            do {
                let state = try readers[index].reader.read(now: now) { bytes in
                    isWanted = emit(number, .bytes(bytes))
                    return isWanted
                }
                if !isWanted || !tell(index, emit) { return false }
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
            return take(try GrowingFile(path), emit)
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
        return add(file, Position(byte: file.position), nil, emit)
    }

    private mutating func add(
        _ file: GrowingFile,
        _ position: Position,
        _ input: Int?,
        _ emit: (Int, Event) -> Bool
    ) -> Bool {
        var file = file
        lastNumber += 1
        let identity = file.fileIdentity()
        heads[lastNumber] = identity?.head_bytes
        readers.append((lastNumber, file))
        return emit(lastNumber, .began(position, identity, input: input))
    }

    /// Finds the files that an earlier run was in the middle of, under this name or another in its folder.
    private mutating func goOn(_ emit: (Int, Event) -> Bool) -> Bool {
        if earlier.isEmpty { return true }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path.folder.text)) ?? []
        let places = [path] + names.map { FilePath("\(path.folder.text)/\($0)") }
        for file in earlier {
            guard let found = places.lazy.compactMap({ GrowingFile($0, from: file) }).first else {
                say("a file that was not read to its end is gone; what was left of it is lost")
                if !emit(0, .lost(input: file.input)) { return false }
                continue
            }
            wasSeen = true
            if readers.contains(where: { $0.reader.identity == found.identity }) { continue }
            if !add(found, file.position, file.input, emit) { return false }
        }
        earlier = []
        return true
    }

    /// Says what a file is recognised by, as long as its beginning grows.
    private mutating func tell(_ index: Int, _ emit: (Int, Event) -> Bool) -> Bool {
        let number = readers[index].number
        guard let head = heads[number], head < FileIdentity.headLimit, readers[index].reader.position > head,
            let identity = readers[index].reader.fileIdentity()
        else { return true }
        heads[number] = identity.head_bytes
        return emit(number, .known(identity))
    }

    private mutating func restart(_ index: Int, _ emit: (Int, Event) -> Bool) -> Bool {
        lastNumber += 1
        readers[index].number = lastNumber
        let identity = readers[index].reader.fileIdentity()
        heads[lastNumber] = identity?.head_bytes
        return emit(lastNumber, .began(Position(), identity, input: nil))
    }

    private mutating func say(_ what: String) {
        // Replacing is what happens again and again.
        if what == notice { return }
        notice = what
        notify("\(name): \(what)")
    }
}
