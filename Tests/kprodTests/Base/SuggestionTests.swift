// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct SuggestionTests {
    @Test(
        arguments: [
            ("frehs", "fresh"), ("odrers", "orders"), ("ordrs", "orders"), ("orderss", "orders"), ("frsh", "fresh"),
            ("xyz", nil),
            ("", nil),
        ] as [(String, String?)]
    )
    func theNearestName(typed: String, meant: String?) {
        #expect(Suggestion.nearest(to: typed, in: ["orders", "fresh", "payments"]) == meant)
    }
}
