// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

extension ProduceJob {
    /// Makes what hands over the records: each at most `limit` bytes long, as far as it is read from an input.
    ///
    /// `notices` get what people should know while it reads.
    func makeFeed(
        limit: Int,
        notices: Notices
    ) async throws(ToolError) -> any RecordFeed {
        let limit = outcomes.hasDeadLetters && !isDryRun ? max(limit, Self.deadLetterLimit) : limit
        var key = self.key
        if let keyFile { key = try await Self.contents(of: keyFile) }
        let feed: any RecordFeed =
            switch input {
            case .lines(let delimiter): lines(rules, delimiter, limit, key, notices)
            case .console(let console): lines(console, .newline, limit, key, notices)
            case .whole:
                source(key, canBeginAnywhere: false) { [rules = rules] _ in WholeParser(rules, limit: limit) }
            case .template(let template): parsed(templateParser(template, limit), limit, key)
            case .framed(let prefix, let hasKey):
                parsed(FrameParser(prefix: prefix, hasKey: hasKey, limit: limit), limit, key)
            case .values(let values): ValueFeed(values: values, rules: rules, key: key)
            case .json(let envelopes): json(envelopes, limit, key)
            }
        return repeatCount == 1 ? feed : RepeatedFeed(feed: feed, count: repeatCount)
    }

    /// The longest record that is kept for dead letters.
    private static let deadLetterLimit = 16 << 20

    private var tee: OutputWriter? { isTeed ? .standardOutput : nil }

    private func source<Parser: InputParser>(
        _ key: [UInt8]?,
        canBeginAnywhere: Bool = true,
        _ makeParser: @escaping @Sendable (Position) -> Parser
    ) -> SourceFeed<Parser> {
        SourceFeed(
            sources: sources,
            key: key,
            isKeyedByName: isKeyedByName,
            tee: tee,
            canBeginAnywhere: canBeginAnywhere,
            meter: meter,
            makeParser: makeParser
        )
    }

    private func templateParser(_ template: Template, _ limit: Int) -> TemplateParser {
        TemplateParser(
            template: template,
            nullMarker: rules.nullMarker,
            emptyIsNull: rules.emptyFieldIsNull,
            limit: limit
        )
    }

    private func parsed(_ parser: some RecordParser, _ limit: Int, _ key: [UInt8]?) -> any RecordFeed {
        source(key) { BufferedParser(parser, limit: limit, from: $0) }
    }

    private func json(_ rules: EnvelopeRules, _ limit: Int, _ key: [UInt8]?) -> any RecordFeed {
        // Escapes make JSON at most six times as long as the record it describes.
        let limit = outcomes.hasDeadLetters ? limit * 2 : limit * 6 + 65_536
        return source(key) { JSONParser(rules, limit: limit, from: $0) }
    }

    private func lines(
        _ rules: some LineRules,
        _ delimiter: Delimiter,
        _ limit: Int,
        _ key: [UInt8]?,
        _ notices: Notices
    ) -> any RecordFeed {
        if isFollowing {
            return FollowFeed(
                sources: sources,
                key: key,
                start: isFromEnd ? .end(delimiter: delimiter.bytes) : .beginning,
                makeParser: { LineParser(rules, delimiter: delimiter, limit: limit, from: $0) },
                notify: notices.tell
            )
        }
        return source(key) { LineParser(rules, delimiter: delimiter, limit: limit, from: $0) }
    }

    /// Reads the file of a key on a queue: it may be a pipe.
    private static func contents(of path: FilePath) async throws(ToolError) -> [UInt8] {
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { try path.openForReading().readToEnd() ?? Data() })
            }
        }
        switch result {
        case .success(let data): return Array(data)
        case .failure(let error):
            throw ToolError(.noInput, "\(path.name): cannot be read: \(reason(of: error)); check --key-file")
        }
    }
}
