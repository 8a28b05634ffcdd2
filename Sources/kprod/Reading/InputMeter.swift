// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How much of the input was read, and of how much.
final class InputMeter: Sendable {
    /// Bytes of all inputs together; nil when one of them is a pipe or grows.
    let total: Int?
    private let count = Atomic(0)

    init(total: Int?) { self.total = total }

    /// Of files that are read so many times.
    convenience init(_ sources: [InputSource], times: Int) {
        var total: Int? = 0
        for source in sources {
            let status =
                switch source {
                case .file(let path): try? path.status()
                case .standardInput: try? FilePath.Status(descriptor: 0)
                }
            guard let status, status.isRegular else {
                total = nil
                break
            }
            let (sum, isOver) = (total ?? 0).addingReportingOverflow(status.size)
            total = isOver ? nil : sum
            if isOver { break }
        }
        let (all, isOver) = (total ?? 0).multipliedReportingOverflow(by: times)
        self.init(total: total == nil || isOver ? nil : all)
    }

    /// Bytes that were read, or passed over because an earlier run had.
    var read: Int { count.load(ordering: .relaxed) }

    func add(_ bytes: Int) { count.add(bytes, ordering: .relaxed) }
}
