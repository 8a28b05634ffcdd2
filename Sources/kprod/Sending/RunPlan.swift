// SPDX-License-Identifier: Apache-2.0

/// How a run comes to its end.
///
/// Pure: what happens goes in, what to do comes out.
///
///     reading ──input ended, signal──▶ draining ──second signal, deadline, gave up──▶ dropping
///
/// Whatever happens, the input is stopped, the producer is closed, and every record gets its outcome.
struct RunPlan {
    enum Event {
        /// The feed has returned: at the end of the input, or because it was stopped.
        case feedEnded
        case signal(Int32)
        /// Going on makes no sense.
        case gaveUp(ToolError)
        /// Data could not be written: nobody would know of what comes now.
        case outputFailed(ToolError)
        /// More records failed than the command line puts up with.
        case tooManyErrors(ToolError)
        /// The time for draining is over.
        case deadlinePassed
    }

    enum Action: Equatable {
        case stopReading
        /// Close the producer, which delivers what is on its way.
        case close
        case startTimer(Duration)
        /// Say that records are being drained, for so long.
        case announceDrain(Duration)
        /// Say that the rest is dropped, and why.
        case announceDrop(String)
        /// Let go of what is not delivered yet; its outcomes still come.
        case drop
    }

    let drainTimeout: Duration
    /// How long draining may take when no signal asked for it; nil leaves it to `message.timeout.ms`.
    let endTimeout: Duration?

    private(set) var signal: Int32?
    private(set) var deadlinePassed = false
    private(set) var reasons: [ToolError] = []
    private var isDropping = false

    init(drainTimeout: Duration, endTimeout: Duration?) {
        self.drainTimeout = drainTimeout
        self.endTimeout = endTimeout
    }

    mutating func receive(_ event: Event) -> [Action] {
        switch event {
        case .feedEnded:
            if isDropping { return [.close, .drop] }
            guard signal == nil, let endTimeout else { return [.close] }
            return [.close, .startTimer(endTimeout)]
        case .signal(let number):
            let isFirst = signal == nil
            signal = number
            if isDropping { return [] }
            if isFirst { return [.stopReading, .announceDrain(drainTimeout), .startTimer(drainTimeout)] }
            isDropping = true
            return [.announceDrop("interrupted again"), .drop]
        case .gaveUp(let reason):
            // Several records may say the same.
            if !reasons.contains(reason) { reasons.append(reason) }
            if isDropping { return [] }
            isDropping = true
            return [.stopReading, .drop]
        case .outputFailed(let reason), .tooManyErrors(let reason):
            reasons.append(reason)
            return isDropping ? [] : [.stopReading]
        case .deadlinePassed:
            if isDropping { return [] }
            isDropping = true
            deadlinePassed = true
            return [.announceDrop("the time to drain is over"), .drop]
        }
    }
}
