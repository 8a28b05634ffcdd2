// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file that grows, and the one that takes its name one day.
struct FollowedFile: Sendable {
    enum Event: Equatable, Sendable {
        case bytes(Data)
        /// What was read so far is all of it; what comes now is another file, or the same from its beginning.
        case ended
    }

    /// A file that was replaced is read until nothing was added for so many looks: whoever writes to it may take a
    /// moment to hear of the new one.
    private static let patience = 10

    private let path: FilePath
    private let name: String
    private let notify: @Sendable (String) -> Void
    private var handle: FileHandle?
    private var identity: FilePath.Identity?
    private var position: UInt64 = 0
    private var idleLooks = 0
    /// What was said last, which need not be said again.
    private var notice = ""

    init(_ source: InputSource, notify: @escaping @Sendable (String) -> Void) {
        path = if case .file(let path) = source { path } else { FilePath("/dev/stdin") }
        name = source.name
        self.notify = notify
    }

    /// Hands over what is new; false when `emit` says that nobody wants more.
    mutating func poll(_ emit: (Event) -> Bool) -> Bool {
        guard let handle = handle ?? open() else { return true }
        do {
            var hasGrown = false
            while let chunk = try handle.read(upToCount: ChunkReader.chunkSize), !chunk.isEmpty {
                position += UInt64(chunk.count)
                hasGrown = true
                if !emit(.bytes(chunk)) { return false }
            }
            idleLooks = hasGrown ? 0 : idleLooks + 1
            if try handle.seekToEnd() < position {
                say("was cut short; reading it from its beginning")
                position = 0
                try handle.seek(toOffset: 0)
                return emit(.ended)
            }
            try handle.seek(toOffset: position)
        } catch {
            say("cannot be read: \(reason(of: error)); trying again")
            return true
        }
        guard let successor = try? path.status().identity, successor != identity, idleLooks >= Self.patience else {
            return true
        }
        say("was replaced; reading the new file")
        try? handle.close()
        self.handle = nil
        return emit(.ended)
    }

    private mutating func open() -> FileHandle? {
        let before = try? path.status().identity
        guard let before else {
            say("is not there; waiting for it")
            return nil
        }
        do {
            let opened = try path.openForReading()
            // Replaced in between: the next look is the better one.
            guard try path.status().identity == before else { return nil }
            if identity == nil, !notice.isEmpty { say("is there now") }
            (handle, identity, position, idleLooks) = (opened, before, 0, 0)
            return opened
        } catch {
            say("cannot be opened: \(reason(of: error)); trying again")
            return nil
        }
    }

    private mutating func say(_ what: String) {
        if what == notice { return }
        notice = what
        notify("\(name): \(what)")
    }
}
