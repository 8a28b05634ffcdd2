// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The clusters that run just now: whose logs belong to a test that fails.
package enum LiveClusters {
    private static let clusters = Mutex<[Cluster]>([])

    static func add(_ cluster: Cluster) { clusters.withLock { $0.append(cluster) } }

    static func remove(_ cluster: Cluster) { clusters.withLock { $0.removeAll { $0 === cluster } } }

    /// All nodes that were started and not destroyed.
    package static var nodes: [Node] { clusters.withLock { $0 }.flatMap(\.nodes) }
}
