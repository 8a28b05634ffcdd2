// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RDKafka

@Suite struct PropertyTableTests {
    @Test func theTableOfTheLoadedLibraryIsRead() throws {
        let rows = PropertyTable.all
        #expect(rows.count > 100)
        #expect(rows.allSatisfy { !$0.name.isEmpty && !$0.type.isEmpty && !$0.description.isEmpty })
        #expect(rows.allSatisfy { ["*", "P", "C"].contains($0.users) })
        #expect(rows.allSatisfy { ["high", "medium", "low"].contains($0.importance) })
        let linger = try #require(rows.first { $0.name == "queue.buffering.max.ms" })
        #expect(linger.type == "float" && linger.range == "0 .. 900000" && linger.standard == "5" && !linger.isTopic)
        let timeout = try #require(rows.first { $0.name == "message.timeout.ms" })
        #expect(timeout.isTopic && timeout.users == "P" && timeout.importance == "high")
    }

    @Test func whatCannotBeGivenAsTextIsLeftOut() {
        let names = Set(PropertyTable.all.map(\.name))
        #expect(names.isDisjoint(with: ["dr_msg_cb", "opaque", "default_topic_conf", "Property"]))
        #expect(names.isSuperset(of: ["log_level", "acks", "bootstrap.servers", "group.id"]))
    }

    @Test func barsBelongToTheirCell() throws {
        let command = try #require(PropertyTable.all.first { $0.name == "sasl.kerberos.kinit.cmd" })
        #expect(command.standard.contains(" || kinit ") && command.importance == "low")
        let rows = PropertyTable.rows(
            of: "## Topic configuration\nProperty | C/P | Range | Default | Importance | Description\n"
                + "---|--|--|--|--|--\na.b | P | x | y | low | one | two. <br>*Type: enum value*\n"
        )
        #expect(rows.map(\.description) == ["one | two."])
        #expect(rows.map(\.type) == ["enum value"] && rows.allSatisfy(\.isTopic))
    }
}
