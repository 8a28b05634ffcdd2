// SPDX-License-Identifier: Apache-2.0

import CRequestService
import Foundation
import KafkaAsyncProducer
import Synchronization
import Testing

@testable import RequestService

/// Names for sockets, short enough for any system; their folder is gone after the test.
final class Sockets: Sendable {
    private let folder = "/tmp/rs-\(UUID().uuidString.prefix(8))"
    var requests: String { "\(folder)/r" }
    var health: String { "\(folder)/h" }

    init() { try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

func connect(_ path: String) throws -> Connection {
    let descriptor = unix_connect(path)
    try #require(descriptor >= 0)
    return Connection(descriptor)
}

/// One request on a connection of its own.
func ask(_ path: String, _ request: String) async throws -> String? {
    let client = try connect(path)
    guard await client.reply(request) else { return nil }
    return await client.nextLine()
}

/// What is said on the health socket, read without any task.
func report(_ path: String) -> String {
    let client = unix_connect(path)
    guard client >= 0 else { return "" }
    let handle = FileHandle(fileDescriptor: client, closeOnDealloc: true)
    return String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
}

final class Log: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    func has(_ text: String) -> Bool { lines.withLock { $0.contains { $0.contains(text) } } }
}

/// Opens once; any number of handlers wait for it.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    var waiting: Int { state.withLock { $0.waiters.count } }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiters = state.withLock { state in
            defer { state = (true, []) }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

func eventually(
    _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        try #require(ContinuousClock.now < end, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(5))
    }
}
