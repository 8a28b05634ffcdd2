// SPDX-License-Identifier: Apache-2.0

extension BenchCommand {
    static let syntax = CommandSyntax(
        name: "bench",
        summary: "Measure with generated records; takes the options of Kafka's own perf-test.",
        operands: "[KEY=VALUE…|A.json B.json]",
        options: Option.benchClient + Option.benchLoad + Option.benchResults + Option.faults + [.drainTimeout]
            + Option.reporting
            + [.quiet, .help],
        notes: [
            "With --topic, --num-records and --throughput the lines of kafka-producer-perf-test.sh are written to stdout, "
                + "byte for byte; their latency begins with the call of send. Everything for people is on stderr.",
            "With a throughput, latency counts from the moment a record was due, whatever held up the ones before it. "
                + "Without one there is no schedule, and a full queue is what limits the rate: the latency is mostly the "
                + "time spent in it.",
            "Records that were not delivered are counted, and the exit status is not 0.",
        ],
        examples: ["kprod bench -b $BROKERS --topic t --num-records 5M --throughput -1"]
    )
}
