// SPDX-License-Identifier: Apache-2.0

/// Columns as wide as their widest cell, up to 40: a longer cell moves the rest of its row.
struct TextTable {
    private let header: [String]
    private let rightAligned: Set<Int>
    private let separator: String
    private let minimum: [Int]
    private let rows: [[String]]

    /// Each row has a cell for each column of `header`.
    init(
        _ header: [String],
        rightAligned: Set<Int> = [],
        separator: String = "  ",
        minimum: [Int] = [],
        rows: [[String]]
    ) {
        self.header = header
        self.rightAligned = rightAligned
        self.separator = separator
        self.minimum = minimum
        self.rows = rows
    }

    var lines: [String] { text.split(separator: "\n").map { String($0) } }

    var text: String {
        let all = [header] + rows
        // The last column is nobody's neighbour: a long cell in it makes no other row longer.
        let widths = header.indices.map { column in
            let least = column < minimum.count ? minimum[column] : 0
            let isOpen = column == header.count - 1 && !rightAligned.contains(column)
            return isOpen ? 0 : max(least, min(40, all.map { $0[column].count }.max() ?? 0))
        }
        return all.map { row in
            var line = row.indices.map { cell(row[$0], widths[$0], isRight: rightAligned.contains($0)) }
                .joined(separator: separator)
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    private func cell(_ text: String, _ width: Int, isRight: Bool) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        return isRight ? padding + text : text + padding
    }
}
