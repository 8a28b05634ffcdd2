// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Columns of text: the first to the left, numbers to the right.
struct TextTable {
    private var rows: [[String]]

    init(_ header: [String]) { rows = [header] }

    var isEmpty: Bool { rows.count == 1 }

    mutating func add(_ row: [String]) { rows.append(row) }

    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + padding : padding + row[column]
            }
            .joined(separator: "  ")
        }
        .joined(separator: "\n")
    }
}

/// A number with so many decimals; a dash for none.
func number(_ value: Double?, _ decimals: Int = 0) -> String {
    guard let value else { return "–" }
    return value.formatted(.number.precision(.fractionLength(decimals)).locale(Locale(identifier: "en_US")))
}

/// What part of `whole` it is; a dash where that says nothing.
func ratio(_ part: Double?, _ whole: Double?) -> String {
    guard let part, let whole, whole > 0 else { return "–" }
    return number(part / whole, 2)
}
