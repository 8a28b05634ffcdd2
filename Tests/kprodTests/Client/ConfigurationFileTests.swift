// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import kprod

@Suite struct ConfigurationFileTests {
    private static let all = ["/h/.config/kprod/kprod.conf", "/h/.config/kcat.conf", "/h/.config/kafkacat.conf"]

    /// The file that is chosen when the usual ones exist.
    private func path(_ named: String?, _ environment: [String: String], existing: [String] = all) -> String? {
        let environment = environment.merging(["HOME": "/h"]) { own, _ in own }
        return ConfigurationFile(named: named, environment: environment) { existing.contains($0) }?.path
    }

    @Test func theFirstThatIsNamedCounts() {
        let variables = ["KPROD_CONFIG": "k", "KCAT_CONFIG": "c", "KAFKACAT_CONFIG": "a"]
        #expect(path("f", variables) == "f")
        #expect(path(nil, variables) == "k")
        #expect(path(nil, ["KPROD_CONFIG": "", "KCAT_CONFIG": "c"]) == "c")
        #expect(path(nil, ["KAFKACAT_CONFIG": "a"]) == "a")
    }

    @Test func thenTheUsualPlaces() {
        #expect(path(nil, [:]) == Self.all[0])
        #expect(path(nil, [:], existing: Array(Self.all[1...])) == Self.all[1])
        #expect(path(nil, [:], existing: [Self.all[2]]) == Self.all[2])
        #expect(path(nil, [:], existing: []) == nil)
        #expect(
            path(nil, ["XDG_CONFIG_HOME": "/x"], existing: Self.all + ["/x/kprod/kprod.conf"]) == "/x/kprod/kprod.conf"
        )
        #expect(path(nil, ["XDG_CONFIG_HOME": "/x"], existing: [Self.all[1]]) == Self.all[1], "kcat knows no XDG")
        #expect(path(nil, ["XDG_CONFIG_HOME": "x"]) == Self.all[0], "a relative one does not count")
    }

    @Test func aWordKeepsAllFromBeingRead() {
        for word in ["-", "none"] {
            #expect(path(word, ["KPROD_CONFIG": "k"]) == nil)
            #expect(path(nil, ["KPROD_CONFIG": word, "KCAT_CONFIG": "c"]) == nil)
        }
    }

    @Test func onlyWhatEverybodyMayReadIsReadableByAll() throws {
        let files = try TemporaryFiles(["a.conf": "x=y\n"])
        let file = try #require(ConfigurationFile(named: files.path("a.conf"), environment: [:]))
        for (mode, expected) in [(0o644, true), (0o640, false), (0o600, false), (0o604, true)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: files.path("a.conf"))
            #expect(file.isReadableByAll == expected)
        }
    }
}
