// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the lines of a report say, read as somebody who has nothing else.
struct ReportedOutcomes {
    /// Where a record is in the topic.
    struct Place: Hashable {
        let partition: Int
        let offset: Int
    }

    /// Where the delivered records are: those of committed transactions, where there are any.
    private(set) var delivered: [Place] = []
    private(set) var failed = 0
    private(set) var undelivered = 0
    /// Some record may be visible in the topic although it is not delivered.
    private(set) var isUncertain = false

    /// One that does not exist says nothing.
    init(_ path: String, isTransactional: Bool) throws {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return }
        var open: [Place] = []
        for line in data.split(separator: 10) {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
            let status = object["status"] as? String
            if object["transaction"] != nil {
                #expect(object["records"] as? Int == open.count)
                if status == "committed" { delivered += open } else { undelivered += open.count }
                if status == "unknown" { isUncertain = true }
                open = []
                continue
            }
            switch status {
            case "delivered":
                let partition = try #require(object["partition"] as? Int)
                open.append(Place(partition: partition, offset: try #require(object["offset"] as? Int)))
            case "failed": failed += 1
            default: undelivered += 1
            }
            // What a transaction may have left in the log is not visible unless it is committed.
            let persisted = object["persisted"] as? String ?? "no"
            if persisted != "no", !isTransactional { isUncertain = true }
        }
        #expect(open.isEmpty || !isTransactional, "a transaction without an end")
        delivered += open
    }
}
