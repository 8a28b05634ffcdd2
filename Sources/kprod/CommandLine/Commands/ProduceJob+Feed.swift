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
        var rules = rules
        if let keyFile { rules.key = try await Self.contents(of: keyFile) }
        let feed: any RecordFeed =
            switch input {
            case .lines(let delimiter): lines(rules, delimiter, limit, notices)
            case .whole:
                WholeFeed(sources: sources, rules: rules, isKeyedByName: isKeyedByName, limit: limit, tee: tee)
            case .console(let console): lines(console.with(key: rules.key), .newline, limit, notices)
            case .template(let template):
                parsed(
                    TemplateParser(
                        template: template,
                        nullMarker: rules.nullMarker,
                        emptyIsNull: rules.emptyFieldIsNull,
                        limit: limit
                    ),
                    rules,
                    limit
                )
            case .framed(let prefix, let hasKey):
                parsed(FrameParser(prefix: prefix, hasKey: hasKey, limit: limit), rules, limit)
            case .values(let values): ValueFeed(values: values, rules: rules)
            case .json(let envelopes):
                // Escapes make JSON at most six times as long as the record it describes.
                JSONFeed(
                    sources: sources,
                    rules: envelopes,
                    notices: notices,
                    key: rules.key,
                    limit: outcomes.hasDeadLetters ? limit * 2 : limit * 6 + 65_536
                )
            }
        return repeatCount == 1 ? feed : RepeatedFeed(feed: feed, count: repeatCount)
    }

    /// The longest record that is kept for dead letters.
    private static let deadLetterLimit = 16 << 20

    private var tee: OutputWriter? { isTeed ? .standardOutput : nil }

    private func parsed(_ parser: some RecordParser, _ rules: RecordRules, _ limit: Int) -> any RecordFeed {
        ParsedFeed(sources: sources, parser: parser, key: rules.key, limit: limit)
    }

    private func lines(
        _ rules: some LineRules,
        _ delimiter: Delimiter,
        _ limit: Int,
        _ notices: Notices
    ) -> any RecordFeed {
        let cutter = LineCutter(rules: rules, delimiter: delimiter, limit: limit, tee: tee)
        if isFollowing { return FollowFeed(sources: sources, cutter: cutter, start: followStart(delimiter), notify: notices.tell) }
        return LineFeed(sources: sources, cutter: cutter)
    }

    private func followStart(_ delimiter: Delimiter) -> FollowedFile.Start {
        isFromEnd ? .end(delimiter: delimiter.bytes) : .beginning
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
