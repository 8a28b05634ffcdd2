// SPDX-License-Identifier: Apache-2.0

/// The life of a connection. Pure: it is told what happened and says what to do.
enum ConnectionState: Equatable {
    /// Lines come in, answers go out.
    case open
    /// The client sends nothing more; the lines that came are still served and answered.
    case ended
    /// We take no more lines; those we took are still answered.
    case stopping(inputEnded: Bool)
    /// Everything is answered and our side is shut. The client's bytes are thrown away until it closes: to close with
    /// bytes unread would reset the connection, and the client would lose the last answers.
    case lingering
    case closed

    enum Event: CaseIterable {
        case inputEnded
        /// The server stops, or the client speaks HTTP.
        case stop
        /// Every line is answered and every answer written.
        case finished
        /// The connection broke.
        case failed
        /// Too long without a line.
        case expired
    }

    enum Action: Equatable {
        case none
        case tellExpired
        case shutDownWriting
        case close
    }

    /// Whether lines are taken out of what was read.
    var takesLines: Bool { self == .open || self == .ended }

    /// Whether the socket is read.
    var reads: Bool {
        switch self {
        case .open, .stopping(inputEnded: false), .lingering: true
        case .ended, .stopping(inputEnded: true), .closed: false
        }
    }

    mutating func handle(_ event: Event) -> Action {
        switch (self, event) {
        case (.closed, _), (.open, .finished), (.stopping, .stop), (.lingering, .stop), (.lingering, .finished),
            (.ended, .inputEnded), (.stopping(inputEnded: true), .inputEnded):
            return .none
        case (.open, .inputEnded):
            self = .ended
            return .none
        case (.open, .stop), (.open, .expired):
            self = .stopping(inputEnded: false)
            return event == .expired ? .tellExpired : .none
        case (.ended, .stop):
            self = .stopping(inputEnded: true)
            return .none
        case (.stopping(inputEnded: false), .inputEnded):
            self = .stopping(inputEnded: true)
            return .none
        case (.stopping(inputEnded: false), .finished):
            self = .lingering
            return .shutDownWriting
        case (_, .failed), (_, .expired), (_, .finished), (.lingering, .inputEnded):
            self = .closed
            return .close
        }
    }
}
