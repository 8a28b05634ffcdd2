// SPDX-License-Identifier: Apache-2.0

import CTopicAdmin
import Dispatch
import Foundation

/// Topics on brokers, whoever's they are.
package struct Topics: Sendable {
    let servers: [String]

    package init(on servers: [String]) { self.servers = servers }

    /// Makes a topic and returns when all brokers have heard of it.
    ///
    /// - Parameters:
    ///   - replication: -1 is the brokers' default.
    ///   - settings: Such as `max.message.bytes`.
    package func create(
        _ name: String,
        partitions: Int = 1,
        replication: Int = -1,
        settings: [String: String] = [:]
    ) async throws {
        let pairs = settings.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        try await call("create \(name)") { servers, error, size in
            withCStrings(pairs) { pairs in
                topic_admin_create(
                    servers,
                    name,
                    Int32(partitions),
                    Int32(replication),
                    pairs,
                    settings.count,
                    error,
                    size
                )
            }
        }
    }

    /// Deletes a topic.
    package func delete(_ name: String) async throws {
        try await call("delete \(name)") { topic_admin_delete($0, name, $1, $2) }
    }

    /// Adds partitions until there are `total`.
    package func grow(_ name: String, to total: Int) async throws {
        try await call("grow \(name)") { topic_admin_add_partitions($0, name, Int32(total), $1, $2) }
    }

    /// Who holds the partitions of a topic.
    package func state(of name: String) async throws -> ClusterState {
        try await ClusterState.read(from: servers, topic: name)
    }

    /// The calls block: on a thread of Dispatch's.
    private func call(
        _ what: String,
        _ body: @escaping @Sendable (UnsafePointer<CChar>, UnsafeMutablePointer<CChar>?, Int) -> Int32
    ) async throws {
        let servers = servers.joined(separator: ",")
        let failure: String? = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var error = [CChar](repeating: 0, count: 512)
                let status = error.withUnsafeMutableBufferPointer { body(servers, $0.baseAddress, $0.count) }
                let text = error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                continuation.resume(returning: status == 0 ? nil : String(decoding: text, as: UTF8.self))
            }
        }
        if let failure { throw LaunchError("\(what): \(failure)") }
    }
}
