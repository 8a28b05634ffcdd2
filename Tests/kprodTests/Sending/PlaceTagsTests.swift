// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct PlaceTagsTests {
    @Test func tagsNameTheirPlaces() throws {
        let tags = PlaceTags()
        let (a, b) = (tags.base(of: "a"), tags.base(of: "b"))
        #expect(tags.base(of: "a") == a && a != b)
        #expect(tags.text(of: try #require(PlaceTags.tag(b, line: 7))) == "at b:7")
    }

    /// Comparing each name with all before it would take minutes.
    @Test(.timeLimit(.minutes(1))) func manyFilesWithLongNames() {
        let tags = PlaceTags()
        let folder = String(repeating: "folder/", count: 100)
        for number in 0..<60_000 { #expect(tags.base(of: "\(folder)\(number)") == UInt64(number) << 32) }
    }
}
