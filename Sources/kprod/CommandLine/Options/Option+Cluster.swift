// SPDX-License-Identifier: Apache-2.0

// Options of commands that look at a cluster, and of the look before a run.
extension Option {
    static let timeout = Option(
        .timeout,
        nil,
        "timeout",
        "TIME",
        help: "How long to wait for a broker that answers (default 5s)."
    )
    static let profile = Option(
        .profile,
        nil,
        "profile",
        "NAME",
        help: "The section [profile NAME] of the file holds on top of what stands before the first section."
    )
    static let json = Option(.json, nil, "json", help: "Write one JSON object instead.")
    static let checkTopic = Option(
        .checkTopic,
        nil,
        "check-topic",
        help:
            "Read nothing before the brokers have said that the topic exists; otherwise that is looked for as well, but "
            + "not waited for."
    )
    static let createTopic = Option(
        .createTopic,
        nil,
        "create",
        help: "Create a topic that does not exist, which is an error otherwise; auto.create.topics.enable may be off."
    )
    static let newPartitions = Option(
        .newPartitions,
        nil,
        "partitions",
        "N",
        help: "With --create: how many partitions a new topic has (default: the brokers' num.partitions)."
    )
    static let replicationFactor = Option(
        .replicationFactor,
        nil,
        "replication-factor",
        "N",
        help: "With --create: on how many brokers each is kept (default: their default.replication.factor)."
    )
}
