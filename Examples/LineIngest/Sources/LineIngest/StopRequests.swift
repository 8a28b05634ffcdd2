// SPDX-License-Identifier: Apache-2.0

/// Where signals, a producer that cannot go on, and tests ask for the end.
struct StopRequests: Sendable {
    enum Request: Sendable, Equatable {
        case quit
        /// End as for `quit`, but leave the listening sockets open for the program that comes next.
        case restart
        /// Nothing can be sent any more: end as for `quit`, and say so with the exit status.
        case producerFailed
    }

    let stream: AsyncStream<Request>
    private let continuation: AsyncStream<Request>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func ask(_ request: Request) { continuation.yield(request) }
}
