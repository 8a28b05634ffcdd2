// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration {
    /// Why a property is refused; nil when it is not.
    func refusal(of name: String) -> String? {
        if name.hasSuffix("_cb") { return "callbacks cannot be given as text" }
        if let reason = Self.codeLoadingProperties[name], !permittedProperties.contains(name) {
            return "\(reason); add it to permittedProperties to allow it"
        }
        return Self.refusedProperties[name]
    }

    /// Whether a property is refused whatever is permitted.
    static func isRefused(_ name: String) -> Bool { refusedProperties[name] != nil }

    /// Why the values of Kerberos properties are refused: librdkafka puts them into a command line for the shell.
    static func shellRefusal(of name: String, value: String) -> String? {
        guard ["sasl.kerberos.principal", "sasl.kerberos.service.name", "sasl.kerberos.keytab"].contains(name) else {
            return nil
        }
        let isHarmless = value.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || "@/._:=-+".unicodeScalars.contains($0)
        }
        return isHarmless ? nil : "librdkafka puts it into a command line: letters, digits and @/._:=-+ only"
    }

    /// Properties that load code or run a command, and how.
    private static let codeLoadingProperties: [String: String] = [
        "plugin.library.paths": "it loads code into the process",
        "sasl.kerberos.kinit.cmd": "it runs a command line",
        "ssl.engine.location": "it loads code into the process",
        "ssl.providers": "it loads code into the process",
    ]

    /// Properties that would break the promise of one outcome per message, and why they are refused.
    private static let refusedProperties: [String: String] = [
        "delivery.report.only.error": "successes would have no outcome; use returns.successes = .never",
        "enabled_events": "the library reads these events itself",
        "log.queue": "the library reads the log itself; use logHandler",
        "queue.buffering.max.messages": "the budget is the library's; use buffering.maximumMessages",
        "queue.buffering.max.kbytes": "the budget is the library's; use buffering.maximumBytes",
        "queue.buffering.backpressure.threshold": "with more than its default of 1 librdkafka infers deliveries",
        "interceptors": "the library cannot account for messages that an interceptor changes",
        "opaque": "the library uses it itself",
        "default_topic_conf": "it is a pointer of the C API",
        "ssl_key": "it is a pointer of the C API; use security.tls.identity",
        "ssl_certificate": "it is a pointer of the C API; use security.tls.identity",
        "ssl_ca": "it is a pointer of the C API; use security.tls.authorities",
        "internal.termination.signal": "it installs a signal handler for the whole process",
        "queuing.strategy": "the order of messages would not be kept",
        "test.mock.num.brokers": "use MockCluster of KafkaTestKit",
    ]
}
