// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What people should know while a run goes on, and need to hear once only.
final class Notices: Sendable {
    private let said = Mutex<Set<String>>([])
    private let write: @Sendable (String) -> Void

    init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

    /// Says it, as often as it happens.
    func tell(_ notice: String) { write(notice) }

    /// Says it, unless it was said before.
    func say(_ notice: String) {
        if said.withLock({ $0.insert(notice).inserted }) { write(notice) }
    }
}
