// SPDX-License-Identifier: Apache-2.0

import CKprod
import Foundation

/// One open file that may grow, be cut short, or be a pipe; never waits for anything.
struct GrowingFile {
    enum State: Equatable {
        case goesOn
        /// It is shorter than what was read of it, and will be read from its beginning.
        case cutShort
    }

    let identity: FilePath.Identity
    /// How many bytes were read, or passed over.
    private(set) var position = 0
    private let handle: FileHandle
    private let isStream: Bool
    private var lastGrowth = ContinuousClock.now

    init(_ path: FilePath) throws {
        handle = try path.openAtOnce()
        let status = try FilePath.Status(descriptor: handle.fileDescriptor)
        identity = status.identity
        isStream = status.isStream
    }

    /// Opens a file and goes on where an earlier run was; nil when it is another one.
    init?(_ path: FilePath, from earlier: EarlierFile) {
        guard (try? path.status().identity.inode) == earlier.file.inode, let file = try? GrowingFile(path),
            let now = try? FileIdentity.read(file.handle, head: earlier.file.head_bytes),
            now.head_digest == earlier.file.head_digest, now.size >= UInt64(clamping: earlier.position.byte),
            (try? file.handle.seek(toOffset: UInt64(clamping: earlier.position.byte))) != nil
        else { return nil }
        self = file
        position = earlier.position.byte
    }

    /// What it will be recognised by; nil for a pipe.
    mutating func fileIdentity() -> FileIdentity? {
        if isStream { return nil }
        defer { try? handle.seek(toOffset: UInt64(clamping: position)) }
        guard (try? handle.seek(toOffset: 0)) != nil else { return nil }
        return (try? FileIdentity.read(handle)) ?? nil
    }

    /// Since when nothing was added.
    func idleTime(_ now: ContinuousClock.Instant) -> Duration { lastGrowth.duration(to: now) }

    /// Hands over what is new, as long as `take` wants more.
    mutating func read(now: ContinuousClock.Instant, _ take: (Data) -> Bool) throws -> State {
        while let chunk = try next(), !chunk.isEmpty {
            position += chunk.count
            lastGrowth = now
            if !take(chunk) { return .goesOn }
        }
        if isStream { return .goesOn }
        guard try FilePath.Status(descriptor: handle.fileDescriptor).size < position else { return .goesOn }
        position = 0
        lastGrowth = now
        try handle.seek(toOffset: 0)
        return .cutShort
    }

    private func next() throws -> Data? {
        if !isStream { return try handle.read(upToCount: ChunkReader.chunkSize) }
        // Exactly what is there: a pipe that is asked for more fails, and what it gave is lost.
        let available = Int(kprod_available_input(handle.fileDescriptor))
        return available == 0 ? nil : try handle.read(upToCount: min(available, ChunkReader.chunkSize))
    }

    /// Goes behind the last delimiter; a line whose end is to come is a new one.
    mutating func skipToEnd(_ delimiter: [UInt8]) throws {
        if isStream { return }
        var end = Int(clamping: try handle.seekToEnd())
        // A window at a time, with so much of the next one as a delimiter across the border needs.
        while end > 0 {
            let begin = max(0, end - ChunkReader.chunkSize)
            try handle.seek(toOffset: UInt64(begin))
            let window = try handle.read(upToCount: end - begin + delimiter.count - 1) ?? Data()
            if let found = window.lastRange(of: Data(delimiter)) {
                position = begin + window.distance(from: window.startIndex, to: found.upperBound)
                break
            }
            end = begin
        }
        try handle.seek(toOffset: UInt64(position))
    }
}

extension Data {
    fileprivate func lastRange(of pattern: Data) -> Range<Data.Index>? { range(of: pattern, options: .backwards) }
}
