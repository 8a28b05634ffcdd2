// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LineIngest

@Suite struct LineSplitterTests {
    private func items(_ text: String, limit: Int = 8, chunk: Int) -> [LineSplitter.Item] {
        var splitter = LineSplitter(limit: limit)
        var items: [LineSplitter.Item] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            splitter.append(bytes[start..<min(start + chunk, bytes.count)])
            while let item = splitter.next() { items.append(item) }
        }
        return items
    }

    @Test(arguments: 1...40) func theSizeOfReadsDoesNotMatter(chunk: Int) {
        let text = "one\r\n\n12345678\r\n123456789\nlong long long long\nlast\nno end"
        let expected: [LineSplitter.Item] = [
            .line(Array("one".utf8)), .line([]), .line(Array("12345678".utf8)), .tooLong, .tooLong,
            .line(Array("last".utf8)),
        ]
        #expect(items(text, chunk: chunk) == expected)
    }

    @Test func aLineWithoutEndTakesNoMemory() {
        var splitter = LineSplitter(limit: 100)
        for _ in 0..<10_000 {
            splitter.append([UInt8](repeating: 65, count: 1_000))
            #expect(splitter.next() == nil)
        }
        #expect(splitter.hasRest)
        splitter.append(Array("\nok\n".utf8))
        #expect(splitter.next() == .tooLong)
        #expect(splitter.next() == .line(Array("ok".utf8)))
        #expect(!splitter.hasRest)
    }
}

@Suite struct RequestTests {
    private func request(_ text: String, isFirst: Bool = false) -> Request {
        Request(Array(text.utf8), isFirst: isFirst)
    }

    @Test func commandsAndTheirEscape() {
        #expect(request("!stats") == .statistics)
        #expect(request("!!stats") == .record(Array("!stats".utf8)))
        #expect(request("!") == .unknownCommand(""))
        #expect(request("!drop\u{1b}[2J") == .unknownCommand("drop?[2J"))
        #expect(request("") == .empty)
        #expect(request(" ") == .record([32]))
    }

    @Test func httpOnlyAtTheBeginning() {
        #expect(request("GET / HTTP/1.1", isFirst: true) == .http)
        #expect(request("OPTIONS * HTTP/1.0", isFirst: true) == .http)
        #expect(request("GET / HTTP/1.1") == .record(Array("GET / HTTP/1.1".utf8)))
        #expect(request("get / HTTP/1.1", isFirst: true) == .record(Array("get / HTTP/1.1".utf8)))
        #expect(request("GET /", isFirst: true) == .record(Array("GET /".utf8)))
    }
}

@Suite struct AnswerQueueTests {
    @Test func answersComeInTheOrderOfTheLines() {
        var queue = AnswerQueue()
        queue.appendWaiting()
        queue.append("empty")
        queue.appendWaiting()
        #expect(queue.next == 3)
        queue.resolve(2, "third")
        #expect(queue.takeReady() == [])
        #expect(queue.waiting == 1)
        queue.resolve(0, "first")
        #expect(queue.takeReady() == ["first", "empty", "third"])
        #expect(queue.count == 0 && queue.waiting == 0)
        queue.appendWaiting()
        // Twice, long gone, and not there yet: nothing happens.
        queue.resolve(3, "fourth")
        queue.resolve(3, "again")
        queue.resolve(0, "again")
        queue.resolve(9, "never")
        #expect(queue.takeReady() == ["fourth"])
    }
}

@Suite struct ConnectionStateTests {
    private struct End: Equatable {
        let state: ConnectionState
        let action: ConnectionState.Action

        init(_ state: ConnectionState, _ action: ConnectionState.Action) { (self.state, self.action) = (state, action) }
    }

    private func path(_ events: ConnectionState.Event...) -> End {
        var state = ConnectionState.open
        var action = ConnectionState.Action.none
        for event in events { action = state.handle(event) }
        return End(state, action)
    }

    @Test func lives() {
        #expect(path(.finished) == End(.open, .none))
        #expect(path(.inputEnded, .finished) == End(.closed, .close))
        #expect(path(.stop, .finished) == End(.lingering, .shutDownWriting))
        #expect(path(.stop, .finished, .inputEnded) == End(.closed, .close))
        #expect(path(.stop, .finished, .expired) == End(.closed, .close))
        #expect(path(.stop, .inputEnded, .finished) == End(.closed, .close))
        #expect(path(.inputEnded, .stop, .finished) == End(.closed, .close))
        #expect(path(.expired) == End(.stopping(inputEnded: false), .tellExpired))
        #expect(path(.expired, .expired) == End(.closed, .close))
        #expect(path(.inputEnded, .expired) == End(.closed, .close))
    }

    /// Whatever happens in whatever order: it is closed once, and a failure or two expiries are always the end.
    @Test func everyPathEnds() {
        func walk(_ state: ConnectionState, _ depth: Int) {
            for event in ConnectionState.Event.allCases {
                var next = state
                let action = next.handle(event)
                #expect((action == .close) == (next == .closed && state != .closed))
                if event == .failed { #expect(next == .closed) }
                if event == .expired {
                    _ = next.handle(.expired)
                    #expect(next == .closed)
                } else if depth > 0 {
                    walk(next, depth - 1)
                }
            }
        }
        walk(.open, 4)
    }
}

@Suite struct OptionsTests {
    @Test func good() throws {
        let options = try Options(["--brokers", "a:1,b:2", "--listen", "[::1]:9", "--socket", "/x", "--idle", "5"])
        #expect(options.brokers == ["a:1", "b:2"])
        #expect(options.addresses == [.tcp(host: "::1", port: "9"), .unix(path: "/x")])
        #expect(options.limits.idle == .seconds(5))
        #expect(try Options([]).addresses == [.tcp(host: "127.0.0.1", port: "0")])
    }

    @Test(arguments: [
        ["--idle"], ["--idle", "0"], ["--workers", "-1"], ["--listen", "9"], ["--listen", "a:99999"], ["--x", "1"],
    ])
    func bad(arguments: [String]) {
        #expect(throws: ServerError.self) { try Options(arguments) }
    }
}
