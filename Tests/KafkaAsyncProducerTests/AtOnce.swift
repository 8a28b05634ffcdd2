// SPDX-License-Identifier: Apache-2.0

import Testing

/// Runs the cases of a test at the same time, or so many of them: for what waits more than it works.
///
/// Tests run one after the other, cases among them. A test that does this has the trait `namesCases`, by which an issue says
/// in which case it was.
func atOnce<Case: Sendable>(
    _ cases: some Sequence<Case>,
    width: Int = .max,
    _ body: @escaping @Sendable (Case) async throws -> Void
) async {
    await withTaskGroup(of: Void.self) { group in
        for (index, one) in cases.enumerated() {
            if index >= width { _ = await group.next() }
            group.addTask {
                await CaseName.$current.withValue(String(describingForTest: one)) {
                    do { try await body(one) } catch { Issue.record(error) }
                }
            }
        }
    }
}

private enum CaseName {
    @TaskLocal static var current: String?
}

extension Trait where Self == IssueHandlingTrait {
    /// Names the case of `atOnce` in each issue.
    static var namesCases: Self {
        .compactMapIssues { issue in
            guard let name = CaseName.current else { return issue }
            var issue = issue
            issue.comments.append("in the case \(name)")
            return issue
        }
    }
}
