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
        help: "Before anything is read, make sure that the topic exists; a mistyped one fails within seconds."
    )
    static let createTopic = Option(
        .createTopic,
        nil,
        "create",
        help: "The same, but have the brokers create the topic (they must allow auto.create.topics.enable)."
    )
}
