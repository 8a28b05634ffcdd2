// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

@testable import kprod

@Suite struct JSONSplitterTests {
    /// What is found, each as `line:start-end text`, in chunks of `size` bytes.
    private func split(_ bytes: [UInt8], size: Int, limit: Int = 1_000) -> [String] {
        var splitter = JSONSplitter(limit: limit)
        var found: [String] = []
        func note(_ piece: JSONSplitter.Piece) {
            let text = String(decoding: splitter.source, as: UTF8.self)
            let place = "\(splitter.begin.line):\(splitter.begin.byte)-\(splitter.end.byte)"
            switch piece {
            case .value: found.append("\(place) \(text)")
            case .broken(let reason): found.append("\(place) \(text) <- \(reason)")
            case .tooLong(let bytes): found.append("\(place) \(bytes) bytes")
            case .needsMore: return
            }
            splitter.dropSource()
        }
        for start in stride(from: 0, to: bytes.count, by: size) {
            let chunk = Array(bytes[start..<min(start + size, bytes.count)])
            var offset = 0
            while true {
                let piece = splitter.next(in: chunk.span, at: &offset)
                if piece == .needsMore { break }
                note(piece)
            }
        }
        while true {
            let piece = splitter.finish()
            if piece == .needsMore { return found }
            note(piece)
        }
    }

    private func split(_ text: String, size: Int = 1_000, limit: Int = 1_000) -> [String] {
        split(Array(text.utf8), size: size, limit: limit)
    }

    @Test func valuesFollowEachOtherInAnyLayout() {
        let text = "{\"a\":\"}\\\"{\"}{\n \"b\": [1,\n2]\n}\n\n [] 12 \"x\"\ntrue{\"c\":{}}"
        #expect(
            split(text) == [
                "1:0-12 {\"a\":\"}\\\"{\"}", "1:12-28 {\n \"b\": [1,\n2]\n}", "6:31-33 []", "6:34-37 12",
                "6:37-40 \"x\"",
                "7:41-53 true{\"c\":{}} <- something follows a value (byte 45)",
            ]
        )
    }

    @Test func aByteOrderMarkDoesNotCount() {
        #expect(split("\u{FEFF}{}") == ["1:3-5 {}"])
        #expect(split("\n\u{FEFF}{}\n{}").count == 2)
    }

    /// What is broken costs its own lines and no others.
    @Test func aBrokenValueCostsItsLines() {
        let text =
            "{\"a\":[1}\n{\"b\":1}\njunk [{ \n{\"torn\":\"x\",\n{\"d\":1} {\"e\n\":2}\n{\"f\":\n  1\n{\"g\":1}\n{\"h\""
        #expect(
            split(text) == [
                "1:0-9 {\"a\":[1} <- a comma or ] is missing (byte 7)", "2:9-16 {\"b\":1}",
                "3:17-26 junk [{  <- a value is missing (byte 17)",
                "4:26-39 {\"torn\":\"x\", <- a name in quotes is missing (byte 39)", "5:39-46 {\"d\":1}",
                "5:47-51 {\"e <- a line ends inside of a string (byte 50)",
                "6:51-56 \":2} <- a line ends inside of a string (byte 55)",
                "7:56-66 {\"f\":\n  1 <- a comma or } is missing (byte 66)", "9:66-73 {\"g\":1}",
                "10:74-78 {\"h\" <- the value is not complete",
            ]
        )
    }

    @Test func aValueOverTheLimitCostsOnlyItself() {
        let text = "{\"a\":1}{\"long\":\"0123456789\"}{\"b\":2}\n{\"long\":\n\"0123456789\",\n]\n{\"c\":3}"
        #expect(
            split(text, limit: 12) == [
                "1:0-7 {\"a\":1}", "1:7-28 21 bytes", "1:28-35 {\"b\":2}", "2:36-61 24 bytes", "5:61-68 {\"c\":3}",
            ]
        )
    }

    @Test func nestingHasALimit() {
        let deep = String(repeating: "[", count: JSONGrammar.depthLimit)
        #expect(split(deep + String(repeating: "]", count: JSONGrammar.depthLimit)).count == 1)
        #expect(split("[\(deep)\n1").first?.hasSuffix("<- nested more than 200 deep (byte 200)") == true)
    }

    /// However input is cut into chunks, the same is found in it.
    @Test func chunksDoNotMatter() {
        let parts = [
            "{", "}", "[", "]", "\"", "\\", "\\u00e9", ":", ",", "\n", " ", "1", "-0.5e+3", "null", "tru", "true",
            "{\"a\":1}",
            "{\"k\":\"v\",\n", "\"x\":[1,2]", "é", "\u{FEFF}",
        ]
        var random = SplitMix64(seed: 7)
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...24, using: &random) {
                bytes += Array((parts.randomElement(using: &random) ?? "").utf8)
            }
            if Bool.random(using: &random) { bytes.insert(0xff, at: bytes.count / 2) }
            let limit = Bool.random(using: &random) ? 1_000 : 9
            let whole = split(bytes, size: 1_000, limit: limit)
            for size in [1, 2, 3, 5] {
                #expect(split(bytes, size: size, limit: limit) == whole, "\(Data(bytes).base64EncodedString())")
            }
        }
    }

    /// Foundation's parser and ours agree about what is a JSON value.
    @Test func agreesWithFoundation() {
        let parts = [
            "{", "}", "[", "]", "\"a\"", "\"\\u00e9\"", "\"\\x\"", ":", ",", " ", "1", "0", "01", "-", "-0.5e+3 ", ".5",
            "1.",
            "1e", "null", "true", "nul", "\"", "\"b\":1", "{\"a\":[]}",
        ]
        var random = SplitMix64(seed: 11)
        var accepted = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...7, using: &random))
                .map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            let value = text.trimmingCharacters(in: .whitespaces)
            let isJSON = (try? JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)) != nil
            let found = split(value)
            let isOne = found == ["1:0-\(value.utf8.count) \(value)"]
            #expect(isOne == isJSON, "\(text) \(found)")
            accepted += isOne ? 1 : 0
        }
        #expect(accepted > 1_000)
    }
}
