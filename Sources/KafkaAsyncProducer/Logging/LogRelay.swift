// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import RDKafka
internal import Synchronization

/// Carries log lines from the event thread to the user's handler, which may be slow, on a queue of its own.
final class LogRelay: Sendable {
    private struct State {
        var folding = LogFolding()
        var codecs: CodecWatch
        var waiting = 0
        var dropped = 0
    }

    /// Lines that may wait for the handler.
    private static let limit = 1_000

    private let handler: @Sendable (LogEntry) -> Void
    private let queue = DispatchQueue(label: "kafka-log")
    private let state: Mutex<State>

    /// Takes secrets out of lines, also for those who make errors of what is logged.
    let redactor: SecretRedactor

    init(_ configuration: AsyncProducer.Configuration, _ redactor: SecretRedactor) {
        handler = configuration.logHandler ?? Self.writeToStandardError
        self.redactor = redactor
        let codecs = CodecWatch(configuration, version: LibraryVersion.running, versionText: LibraryVersion.text)
        state = Mutex(State(codecs: codecs))
    }

    /// The codec that at least one broker gets no batches in, although it is set: see ``CodecWatch``.
    var droppedCodec: CodecWatch.Codec? { state.withLock { $0.codecs.droppedCodec } }

    func log(_ level: LogEntry.Level, _ facility: String, _ message: String, error: KafkaError? = nil) {
        let (warnings, isWanted) = state.withLock { state in
            let warnings = state.codecs.note(facility: facility, line: message)
            return (warnings, level > .debug || state.codecs.showsDebugLines(of: facility))
        }
        warn(ofCodecs: warnings)
        guard isWanted else { return }
        log(LogEntry(level: level, facility: facility, message: redactor.redact(message), error: error))
    }

    /// A topic has a codec of its own: brokers that do not get it may be known already.
    func use(_ codec: CodecWatch.Codec) {
        warn(ofCodecs: state.withLock { $0.codecs.use(codec) })
    }

    private func warn(ofCodecs warnings: [String]) {
        for warning in warnings {
            log(LogEntry(level: .warning, facility: "COMPRESSION", message: redactor.redact(warning)))
        }
    }

    func log(_ entry: LogEntry) {
        forward { $0.fold(entry, at: .now) }
    }

    /// Writes what was folded and not yet said.
    func finish() {
        forward { $0.summary() }
    }

    private func forward(_ lines: (inout LogFolding) -> [LogEntry]) {
        let entries = state.withLock { state -> [LogEntry] in
            let entries = lines(&state.folding)
            guard state.waiting + entries.count <= Self.limit else {
                state.dropped += entries.count
                return []
            }
            state.waiting += entries.count
            return entries
        }
        guard !entries.isEmpty else { return }
        queue.async { [self] in
            for entry in entries { handler(entry) }
            let dropped = state.withLock { state -> Int in
                state.waiting -= entries.count
                defer { state.dropped = 0 }
                return state.dropped
            }
            if dropped > 0 {
                handler(
                    LogEntry(level: .warning, facility: "LOG", message: "\(dropped) log lines dropped: slow logHandler")
                )
            }
        }
    }

    /// The default: warnings and worse.
    private static func writeToStandardError(_ entry: LogEntry) {
        guard entry.level >= .warning else { return }
        let level = entry.level == .error ? "error" : "warning"
        StandardError.write("kafka \(level) [\(entry.facility)] \(entry.message)\n")
    }
}
