// SPDX-License-Identifier: Apache-2.0

/// Names of properties that the Java client has and librdkafka has not, and those of what stands beside it in the same
/// files: what is left out, and why. Pure.
enum JavaNames {
    /// Why a property is left out; nil when it is not, or nobody here knows it.
    static func reasonToIgnore(_ name: String) -> String? {
        if let reason = ignored[name] { return reason }
        guard PropertyName.isPlausible(name) else { return nil }
        return neighbours.first { name.hasPrefix($0.prefix) && name.hasSuffix($0.suffix) }?.reason
    }

    /// Whether it is a name of the Java client's that means something here, be it only a note.
    static func isKnown(_ name: String) -> Bool {
        translated.contains(name) || ignored[name] != nil
    }

    /// Every one of them.
    static var all: Set<String> { translated.union(ignored.keys) }

    /// Those that ``JavaProperties`` puts into other words.
    private static let translated: Set<String> = [
        "buffer.memory", "max.block.ms", "max.request.size", "send.buffer.bytes", "receive.buffer.bytes",
        "connections.max.idle.ms", "partitioner.class", "config.providers", "transaction.two.phase.commit.enable",
        "compression.gzip.level", "compression.lz4.level", "compression.zstd.level",
        "sasl.jaas.config", "sasl.kerberos.kinit.cmd", "sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.scope",
        "sasl.oauthbearer.client.credentials.client.id", "sasl.oauthbearer.client.credentials.client.secret",
        "ssl.cipher.suites", "ssl.endpoint.identification.algorithm", "ssl.truststore.type",
        "ssl.truststore.location", "ssl.truststore.password", "ssl.truststore.certificates", "ssl.keystore.type",
        "ssl.keystore.location", "ssl.keystore.key", "ssl.keystore.certificate.chain",
    ]

    private static let ignored = Dictionary(
        uniqueKeysWithValues: groups.flatMap { reason, names in
            names.map { ($0, reason) }
        }
    )

    private static let groups: [(reason: String, names: [String])] = [
        (
            "it concerns the Java client only",
            [
                "key.serializer", "value.serializer", "interceptor.classes", "metric.reporters",
                "metrics.num.samples", "metrics.recording.level", "metrics.sample.window.ms",
                "auto.include.jmx.reporter", "enable.metrics.push", "security.providers", "ssl.provider",
                "ssl.keymanager.algorithm", "ssl.trustmanager.algorithm", "ssl.secure.random.implementation",
                "ssl.engine.factory.class", "sasl.login.class", "sasl.client.callback.handler.class",
                "sasl.login.callback.handler.class", "sasl.kerberos.ticket.renew.window.factor",
                "sasl.kerberos.ticket.renew.jitter",
            ]
        ),
        ("OpenSSL agrees on the version of TLS with the broker", ["ssl.protocol", "ssl.enabled.protocols"]),
        ("every address of a name is tried", ["client.dns.lookup"]),
        ("topics are remembered for as long as the producer lives", ["metadata.max.idle.ms"]),
        (
            "this librdkafka asks the brokers of bootstrap.servers again by its own rules",
            ["metadata.recovery.strategy", "metadata.recovery.rebootstrap.trigger.ms"]
        ),
        ("this librdkafka always waits retry.backoff.ms", ["retry.backoff.max.ms"]),
        (
            "librdkafka has one time-out, socket.connection.setup.timeout.ms",
            ["socket.connection.setup.timeout.max.ms"]
        ),
        (
            "librdkafka does not watch how fast partitions are",
            ["partitioner.adaptive.partitioning.enable", "partitioner.availability.timeout.ms"]
        ),
        ("send keyed messages without their key, or name the partition", ["partitioner.ignore.keys"]),
        (
            "the token closure decides",
            ["buffer.seconds", "connect.timeout.ms", "read.timeout.ms", "retry.backoff.ms", "retry.backoff.max.ms"]
                .map { "sasl.login.\($0)" }
        ),
        (
            "a token is refreshed at 80 % of its life",
            [
                "refresh.window.factor", "refresh.window.jitter", "refresh.min.period.seconds",
                "refresh.buffer.seconds",
            ].map { "sasl.login.\($0)" }
        ),
        (
            "the token closure fetches tokens",
            [
                "assertion.algorithm", "assertion.claim.aud", "assertion.claim.exp.seconds", "assertion.claim.iss",
                "assertion.claim.jti.include", "assertion.claim.nbf.seconds", "assertion.claim.sub", "assertion.file",
                "assertion.private.key.file", "assertion.private.key.passphrase", "assertion.template.file",
                "clock.skew.seconds", "expected.audience", "expected.issuer", "header.urlencode",
                "jwks.endpoint.refresh.ms", "jwks.endpoint.retry.backoff.max.ms", "jwks.endpoint.retry.backoff.ms",
                "jwks.endpoint.url", "jwt.retriever.class", "jwt.validator.class", "scope.claim.name",
                "sub.claim.name",
            ].map { "sasl.oauthbearer.\($0)" }
        ),
        (
            "it concerns consumers only",
            [
                "key.deserializer", "value.deserializer", "auto.commit.interval.ms", "auto.offset.reset",
                "exclude.internal.topics", "fetch.max.wait.ms", "max.poll.records", "group.protocol",
                "group.remote.assignor", "internal.throw.on.fetch.stable.offset.unsupported",
                "share.acknowledgement.mode", "share.acquire.mode",
            ]
        ),
        ("it concerns the Java client's administration only", ["bootstrap.controllers", "default.api.timeout.ms"]),
        (
            "it concerns serializers only",
            [
                "auto.register.schemas", "use.latest.version", "use.schema.id", "normalize.schemas",
                "latest.compatibility.strict", "id.compatibility.strict", "specific.avro.reader", "schema.reflection",
                "max.schemas.per.subject", "key.subject.name.strategy", "value.subject.name.strategy",
                "key.schema.id.serializer", "value.schema.id.serializer", "use.latest.with.metadata",
            ]
        ),
    ]

    /// Whole families, by how their names begin and end.
    private static let neighbours: [(prefix: String, suffix: String, reason: String)] = [
        ("", ".serializer", "it concerns serializers only"),
        ("", ".deserializer", "it concerns consumers only"),
        ("schema.registry.", "", schemaRegistry), ("basic.auth.", "", schemaRegistry),
        ("bearer.auth.", "", schemaRegistry), ("apicurio.", "", schemaRegistry),
        ("avro.", "", "it concerns serializers only"), ("json.", "", "it concerns serializers only"),
        ("protobuf.", "", "it concerns serializers only"), ("rule.executors", "", "it concerns serializers only"),
        ("rule.actions", "", "it concerns serializers only"),
        ("confluent.", "", "it concerns Confluent's additions to the Java client only"),
        ("metrics.context.", "", "it concerns the Java client only"),
        ("config.providers.", "", "it concerns the Java client only"),
    ]

    private static let schemaRegistry = "it concerns the schema registry only, which a producer of bytes does not ask"
}
