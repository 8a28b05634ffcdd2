// SPDX-License-Identifier: Apache-2.0

extension ManPage {
    /// `kprod(1)`: the tables of options, and what tables do not say.
    static var kprod: ManPage {
        var page = ManPage(name: "kprod", section: 1, title: "write records to Kafka, with an account of each")
        page.addSynopsis()
        page.section("DESCRIPTION")
        page.paragraph(
            "kprod reads records and writes them to a topic of Apache Kafka. It exits 0 only when every record it read was "
                + "delivered, and its last line on standard error is the account: read = delivered + failed + undelivered "
                + "+ skipped. Data goes to standard output, messages for people go to standard error. Called as kcat or "
                + "kafkacat, or with an option as the first argument, it has the command line of kcat(1)."
        )
        page.addCommands()
        page.addKcat()
        page.addConfiguration()
        page.addSignals()
        page.addTransactions()
        page.section("EXIT STATUS")
        for (status, meaning) in HelpText.exitStatus { page.item(status, meaning) }
        page.paragraph("When several apply, the one with the larger number is reported.")
        page.addEnvironment()
        page.section("EXAMPLES")
        page.example(HelpText.examples)
        page.addRecipes()
        page.section("SEE ALSO")
        page.paragraph("kprod-formats(5), kcat(1), and librdkafka's CONFIGURATION.md for the properties of -X")
        return page
    }

    private mutating func addSynopsis() {
        section("SYNOPSIS")
        for syntax in CommandLineTool.visible {
            let operands = syntax.operands.map { " \($0)" } ?? ""
            let line =
                syntax.name == KcatCommand.syntax.name ? "kprod [kcat's options]" : "kprod \(syntax.name) [OPTION…]"
            paragraph(line + operands)
        }
    }

    private mutating func addCommands() {
        section("COMMANDS")
        for syntax in CommandLineTool.visible {
            subsection("kprod \(syntax.name)")
            paragraph(syntax.summary)
            let shared = syntax.options.filter { Self.sharedOptions.contains(HelpText.spelling(of: $0) + $0.help) }
            if !shared.isEmpty {
                let names = shared.map { $0.spelling.replacing("/", with: ", ") }.joined(separator: "; ")
                paragraph("Of the options that several commands have (see below): \(names).")
            }
            for group in syntax.groups {
                let own = group.options.filter { !Self.sharedOptions.contains(HelpText.spelling(of: $0) + $0.help) }
                if syntax.groups.count > 1, !own.isEmpty { paragraph("\(group.title):") }
                for option in own { item(HelpText.spelling(of: option), option.help) }
            }
            for note in syntax.notes { paragraph(note) }
            if !syntax.examples.isEmpty { example(syntax.examples) }
        }
        subsection("Options of several commands")
        var said: Set<String> = []
        for option in CommandLineTool.visible.flatMap(\.options) {
            let text = HelpText.spelling(of: option) + option.help
            if Self.sharedOptions.contains(text), said.insert(text).inserted {
                item(HelpText.spelling(of: option), option.help)
            }
        }
        subsection("Other commands")
        item("kprod help [COMMAND]", "Show the options of a command.")
        item("kprod version", "Show the versions of kprod and of librdkafka.")
    }

    /// Those that mean the same wherever they are.
    private static var sharedOptions: Set<String> {
        var counts: [String: Int] = [:]
        for option in CommandLineTool.visible.flatMap(\.options) {
            counts[HelpText.spelling(of: option) + option.help, default: 0] += 1
        }
        return Set(counts.filter { $0.value > 1 }.keys)
    }

    private mutating func addKcat() {
        section("DIFFERENCES FROM KCAT")
        paragraph("Records and keys are cut as kcat -P cuts them. On purpose it is different that")
        for (title, text) in [
            (
                "nothing is dropped",
                "What is on its way is delivered on every way out, also after an error and a signal."
            ),
            ("a signal is heard at once", "Also while no input comes."),
            ("an outage is waited out", "Up to message.timeout.ms, as with -E of kcat."),
            ("-l takes several files and -", "Files may be pipes."),
            ("delimiters may hold \\r and \\0", "Beside \\n, \\t and \\xNN, and may have several bytes."),
            ("a record that is too large fails alone", "The run goes on, and says so at the end."),
            ("the exit status is 0 only if everything was delivered", "Also when one of several files cannot be read."),
            ("asking with -L never creates a topic", "Brokers, topics and partitions are listed in order."),
            ("-C, -G and -Q are refused", "Consuming is kcat's."),
        ] { item(title, text) }
    }

    private mutating func addConfiguration() {
        section("CONFIGURATION")
        paragraph(
            "A property has the value of the first of these that names it, under whatever alias: options such as -b; -X; "
                + "the environment; the property file; what the command would have. kprod config dump shows which it was, "
                + "and kprod config check whether it works."
        )
        paragraph(
            "One property file is read: that of -F, of $KPROD_CONFIG, of $KCAT_CONFIG, or the first there is of "
                + "$XDG_CONFIG_HOME/kprod/kprod.conf (~/.config without that variable), ~/.config/kcat.conf and "
                + "~/.config/kafkacat.conf. A name of - or none reads none. Its format is described in kprod-formats(5)."
        )
        subsection("Secrets")
        paragraph(
            "A value that is secret may say where it is kept: @FILE, env:NAME, fd:N (a descriptor the shell opened, as in "
                + "3<secret), or prompt: to type it. @@ begins a secret that itself begins with @. A user name without a "
                + "password asks for it on a terminal. What is printed shows [redacted] instead."
        )
        example([
            "kprod produce -b $BROKERS -t orders -X security.protocol=sasl_ssl -X sasl.mechanism=PLAIN \\",
            "    -X sasl.username=alice -X sasl.password=@/run/secrets/kafka orders.txt",
        ])
    }

    private mutating func addSignals() {
        section("SIGNALS")
        item(
            "SIGINT, SIGTERM, SIGHUP",
            "The first ends the reading and delivers what was read, for as long as --drain-timeout says. The second drops "
                + "the rest and accounts for it. The third ends the process at once. Then the process ends by the signal, "
                + "so that a shell sees 128+n. What was taken out of a pipe and not sent is said. An output that nobody reads "
                + "is given up a second after records are dropped (74), and holds up nothing."
        )
        item("SIGUSR1", "Write the counts so far to standard error, and what the client is at.")
        item("SIGPIPE", "Is ignored: a reader of the output that is gone is an output that cannot be written (74).")
    }

    private mutating func addEnvironment() {
        section("ENVIRONMENT")
        item("KPROD_BROKERS, KAFKA_BOOTSTRAP_SERVERS", "Where to find the cluster; the first wins.")
        item(
            "KPROD_…",
            "A property: KPROD_LINGER_MS is linger.ms. One that names no property is ignored, and named, unless Kubernetes "
                + "set it for a service."
        )
        item("KPROD_CONFIG, KCAT_CONFIG, KAFKACAT_CONFIG, XDG_CONFIG_HOME", "The property file; see CONFIGURATION.")
        item("KPROD_PROFILE", "As --profile.")
        item("NO_COLOR, CLICOLOR_FORCE, COLUMNS, TERM", "How the live line looks on a terminal.")
        section("FILES")
        item("~/.config/kprod/kprod.conf, ~/.config/kcat.conf", "Property files; chmod 600 one that holds a secret.")
        item("~/.cache/kprod/topics-*", "Names of topics for completion, for a minute.")
    }

    private mutating func addRecipes() {
        subsection("Recipes")
        for (title, lines) in [
            ("Delete a key (a tombstone):", ["kprod produce -b $BROKERS -t users -k alice --tombstone"]),
            (
                "One record from a file, as it is:",
                ["kprod produce -b $BROKERS -t docs -k report --format file report.pdf"]
            ),
            (
                "Keys out of records that are JSON:",
                ["kprod produce -b $BROKERS -t orders --key-json /customer/id orders.ndjson"]
            ),
            (
                "Ship what is added to a log from now on:",
                ["kprod produce -b $BROKERS -t logs --follow --from-end /var/log/app.log"]
            ),
            (
                "Try it without a broker:",
                ["kprod mock --topic orders:6 &", "seq 10 | kprod produce -b HOST:PORT -t orders"]
            ),
        ] {
            paragraph(title)
            example(lines)
        }
    }
}
