// SPDX-License-Identifier: Apache-2.0

/// What is said of something that is too large.
enum LimitText {
    /// As in `a line of 10,000,000 bytes is over the limit of 1,000,000`.
    static func over(_ what: String, _ size: Int, _ limit: Int) -> String {
        "\(what) of \(NumberText.grouped(size)) bytes is over the limit of \(NumberText.grouped(limit))"
    }
}
