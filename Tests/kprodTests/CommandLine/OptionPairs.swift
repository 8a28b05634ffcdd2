// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

/// The options of a command, two by two.
struct OptionPairs {
    let command: any Command.Type
    /// A value for each option that takes one.
    let values: [String: String]
    /// What an option needs to mean anything.
    let companions: [String: [String]]
    /// Left out: what means something to all commands alike.
    var ignored: Set<String> = ["help", "mock"]
    /// What is written around two options, of which these are all the words.
    let complete: ([String]) -> [String]

    private var options: [String] { command.syntax.options.compactMap(\.long).filter { !ignored.contains($0) } }

    private func words(_ option: String, _ given: [String]) -> [String] {
        func word(_ name: String) -> String { values[name].map { "--\(name)=\($0)" } ?? "--\(name)" }
        let needed = (companions[option] ?? []).filter { companion in
            let name = companion.dropFirst(2).split(separator: "=").first.map { String($0) } ?? ""
            return !given.contains(name) && !(name == "key" && given.contains { $0.hasPrefix("key-") && $0 != option })
        }
        return [word(option)] + needed.map { $0.contains("=") ? $0 : word(String($0.dropFirst(2))) }
    }

    /// Why the two are refused; nil when they are not.
    private func refusal(_ first: String, _ second: String) -> String? {
        let given = [first, second]
        do {
            let all = complete(given.flatMap { words($0, given) })
            _ = try command.init(try ParsedArguments(all, syntax: command.syntax))
            return nil
        } catch {
            return error.message
        }
    }

    /// Expects that each alone is fine, and exactly these pairs are refused: for each option those behind it in the help.
    func check(refused: [String: String]) {
        for option in options { #expect(refusal(option, option) == nil, "\(option)") }
        for (index, first) in options.enumerated() {
            let others = options[(index + 1)...]
            let expected = Set((refused[first] ?? "").split(separator: " ").map { String($0) })
            let found = Set(others.filter { refusal(first, $0) != nil })
            #expect(found == expected, "\(first): \(found.symmetricDifference(expected).sorted())")
            for second in found {
                let message = refusal(first, second) ?? ""
                #expect(isNamed(first, message) || isNamed(second, message), "\(first) \(second): \(message)")
                #expect(refusal(second, first) != nil, "\(second) \(first)")
            }
        }
    }

    private func isNamed(_ option: String, _ message: String) -> Bool {
        let short = command.syntax.options.first { $0.long == option }?.short.map { "-\($0)" }
        return message.contains("--\(option)") || short.map { message.contains($0) } ?? false
            || (companions[option] ?? []).contains { message.contains($0.prefix { $0 != "=" }) }
    }
}
