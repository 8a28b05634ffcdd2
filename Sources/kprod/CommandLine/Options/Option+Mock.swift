// SPDX-License-Identifier: Apache-2.0

// Options about mock clusters.
extension Option {
    static let mock = Option(
        .mock,
        nil,
        "mock",
        "[=N]",
        help: "Instead of -b: run against a mock cluster of N brokers (default 1) inside this process."
    )
    static let mockBrokers = Option(.mockBrokers, nil, "brokers", "N", help: "How many brokers.")
    static let mockTopic = Option(
        .mockTopic,
        nil,
        "topic",
        "NAME:PARTITIONS",
        help: "Create a topic. Repeatable; others come into being with 4 partitions when they are asked for."
    )

    /// What can go wrong, by option, and the word for it on standard input.
    static let faultWords: [(Name, String)] = [
        (.faultTime, "rtt"), (.faultError, "fail"), (.faultDelay, "delay"), (.faultDown, "down"), (.faultUp, "up"),
        (.faultLeader, "leader"), (.faultTopicError, "topic-error"),
    ]

    static let faults = [
        Option(.faultTime, nil, "rtt", "TIME[/BROKER]", help: "Brokers answer so much later."),
        Option(
            .faultError,
            nil,
            "fail",
            "REQUEST:ERROR[*N][/BROKER]",
            help: "The next N requests of a kind fail, such as Produce:NOT_ENOUGH_REPLICAS*5; DISCONNECT hangs up."
        ),
        Option(.faultDelay, nil, "delay", "REQUEST:TIME[/BROKER]", help: "The next answer comes so much later."),
        Option(.faultDown, nil, "down", "BROKER|all", help: "A broker is down; with @TIME, as in 2@10s, later."),
        Option(
            .faultUp,
            nil,
            "up",
            "BROKER|all",
            help: "It is up again. Every fault can have a time, and be repeated."
        ),
        Option(
            .faultLeader,
            nil,
            "leader",
            "TOPIC:PARTITION=BROKER",
            help: "A partition gets another leader, or none."
        ),
        Option(.faultTopicError, nil, "topic-error", "TOPIC:ERROR", help: "What brokers say of a topic."),
    ]
}
