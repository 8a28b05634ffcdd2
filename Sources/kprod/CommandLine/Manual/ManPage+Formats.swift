// SPDX-License-Identifier: Apache-2.0

extension ManPage {
    /// `kprod-formats(5)`: what goes in and what comes out, to the byte.
    static var formats: ManPage {
        var page = ManPage(name: "kprod-formats", section: 5, title: "formats of records and property files of kprod")
        page.section("DESCRIPTION")
        page.paragraph(
            "What kprod(1) reads and writes. Input is bytes: no encoding is expected unless the format says so."
        )
        page.addRecordFormats()
        page.addEnvelopes()
        page.addCheckpoints()
        page.addPropertyFiles()
        page.section("SEE ALSO")
        page.paragraph("kprod(1)")
        return page
    }

    private mutating func addPropertyFiles() {
        section("PROPERTY FILES")
        paragraph("A property per line, as Java's properties and as kcat's files:")
        example([
            "# librdkafka's names and Java's", "bootstrap.servers = kafka-1:9093,kafka-2:9093",
            "security.protocol: SASL_SSL",
            "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule \\",
            "    required username=\"alice\" password=\"…\";", "ssl.truststore.location=/etc/kafka/ca.pem",
            "ssl.truststore.type=PEM", "", "[profile load-test]", "linger.ms 50", "compression.type zstd",
        ])
        item(
            "NAME=VALUE, NAME:VALUE, NAME VALUE",
            "Blanks around either do not count. The value may be empty after = or :."
        )
        item("# or !", "At the beginning of a line: a comment.")
        item("\\ at the end of a line", "The value goes on in the next line, without its leading blanks.")
        item(
            "\\: \\= \\# \\! \\\\ \\t \\n \\r \\f \\uXXXX",
            "The character. A backslash before any other character stays. In a file that is kcat's (of $KCAT_CONFIG, or "
                + "~/.config/kcat.conf, or of -F in kcat's command line) every backslash stays, as kcat reads it."
        )
        item(
            "[profile NAME], [NAME]",
            "What follows holds only with --profile NAME, on top of what stands before the first section."
        )
        paragraph(
            "Lines may have any length and end with LF, CRLF or CR; the file is UTF-8, of 1 MiB at most. topic.NAME is NAME. "
                + "The last value of a property counts. A name that is no property is an error with its line and the nearest "
                + "name; what concerns only the Java client, such as key.serializer, is left out with a note."
        )
        subsection("Java's names")
        for (name, meaning) in [
            ("sasl.jaas.config", "The login modules Plain and Scram; Krb5; OAuthBearer with an unsecured token."),
            (
                "ssl.truststore.*, ssl.keystore.*",
                "Of type PEM, as a file or as text; a PKCS12 key store. JKS is refused "
                    + "with the command that converts it."
            ),
            ("ssl.endpoint.identification.algorithm", "Empty means none, as in Java."),
            ("buffer.memory, max.request.size, partitioner.class", "Their counterparts here."),
            ("max.block.ms", "Is not used: a record waits for room for as long as it takes."),
        ] { item(name, meaning) }
    }
}
