// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@testable import kprod

@Suite struct ReportTemplateTests {
    private let outcome = Outcome(
        ProducerError(
            message: ProducerMessage(
                topic: "t",
                partition: 2,
                key: KafkaBytes([0xff, 0x0a]),
                value: KafkaBytes("v"),
                headers: [RecordHeader("a", "1"), RecordHeader("b", nil as KafkaBytes?)],
                timestamp: Timestamp(millisecondsSinceEpoch: 5)
            ),
            error: KafkaError(.messageTooLarge, "too\nlarge"),
            persistence: .possiblyPersisted
        ),
        Origin(sequence: 7, place: Place(source: "f", line: 3, offset: 12))
    )

    @Test(
        arguments: [
            ("%t[%p] %o|%d %s", "t[2] |5 failed"), ("%f:%l@%a #%n", "f:3@12 #7"),
            ("%k{hex} %k{base64} %v{text}", "ff0a /wo= v"),
            ("%K %V %H", "2 1 2"), ("%h{<%k=%v{hex}>}", "<a=31><b=>"),
            ("%C %E %R %P", "10 MESSAGE_TOO_LARGE too\u{FFFD}large possibly"),
            ("%%%{%}\\t\\x41\\n", "%{}\tA\n"), ("%L.", "."), ("é\\\\%v", "é\\v"),
        ]
    )
    func verbs(template: String, line: String) throws {
        var bytes: [UInt8] = []
        try ReportTemplate(template).write(outcome, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == line)
    }

    @Test(
        arguments: [
            ("%x", "has a %x; there are %t"), ("%", "ends with a %"), ("%h", "has a %h without {…}"),
            ("%h{%k", "has a %h{ without"),
            ("%h{%t}", "has a %t inside of %h{…}; there are %k %v"), ("%k{nope}", "has {nope} behind a verb"),
            ("}", "has a } without"),
            ("%k{hex", "has a { behind a verb"), ("\\q%k", "has a backslash"),
        ]
    )
    func refuses(template: String, reason: String) throws {
        let invalid = #expect(throws: OptionValue.Invalid.self) { try ReportTemplate(template) }
        #expect(invalid?.reason.hasPrefix(reason) == true, "\(invalid?.reason ?? "")")
    }
}
