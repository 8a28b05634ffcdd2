// SPDX-License-Identifier: Apache-2.0

/// Where the brokers of a run are.
public enum Place: String, Codable, Sendable, CaseIterable {
    /// Mock brokers in another process.
    case mock
    /// Real brokers, nearby.
    case real
    /// A real broker behind a proxy that delays.
    case far
    /// Real brokers behind proxies, one of which falls silent.
    case hung

    /// Whether the brokers are real.
    public var isReal: Bool { self != .mock }
}
