// SPDX-License-Identifier: Apache-2.0

/// Finds what may come next, from the tables of options that the parser has. Pure.
struct Completer {
    let commands: [CommandSyntax]
    /// The grammar of a command line that begins with an option.
    let kcat: CommandSyntax

    /// - Parameter words: All after the name of the command; the last is the one that is being typed, maybe empty.
    func completion(of words: [String]) -> Completion {
        guard let current = words.last else { return .nothing }
        let before = words.dropLast()
        guard let first = before.first else {
            return current.hasPrefix("-")
                ? completion(of: current, after: [], in: kcat) : Completion(candidates: names).matching(current)
        }
        if first.hasPrefix("-") { return completion(of: current, after: before, in: kcat) }
        if first == "help" { return Completion(candidates: names).matching(current) }
        guard let command = commands.first(where: { $0.name == first }) else { return .nothing }
        return completion(of: current, after: before.dropFirst(), in: command)
    }

    private var names: [Completion.Candidate] {
        commands.filter { !$0.isHidden }.map { Completion.Candidate($0.name, $0.summary) } + [
            Completion.Candidate("help", "Show the options of a command."),
            Completion.Candidate("version", "Show the versions."),
        ]
    }

    private func completion(of word: String, after before: ArraySlice<String>, in syntax: CommandSyntax) -> Completion {
        switch Self.state(after: before, syntax.options) {
        case .argument(let option): return ArgumentKind(of: option).completion(of: word)
        case .operands: return operand(word, syntax)
        case .anything: break
        }
        if word.hasPrefix("--") { return long(word, syntax.options) }
        if word.hasPrefix("-") { return short(word, syntax.options) }
        return operand(word, syntax)
    }

    private func operand(_ word: String, _ syntax: CommandSyntax) -> Completion {
        syntax.operands.map { ArgumentKind($0).completion(of: word) } ?? .nothing
    }

    // MARK: Options

    private func long(_ word: String, _ options: [Option]) -> Completion {
        guard let equals = word.firstIndex(of: "=") else {
            return Completion(candidates: options.flatMap { Self.spellings($0) }).matching(word)
        }
        guard let option = options.first(where: { $0.long.map { $0 == word[..<equals].dropFirst(2) } ?? false }) else {
            return .nothing
        }
        let rest = String(word[word.index(after: equals)...])
        return ArgumentKind(of: option).completion(of: rest).prefixed(String(word[...equals]))
    }

    /// `-X` and its argument in one word, or all options.
    private func short(_ word: String, _ options: [Option]) -> Completion {
        for index in word.indices.dropFirst() {
            guard let option = options.first(where: { $0.short == word[index] }) else { return .nothing }
            if option.argument == nil { continue }
            let end = word.index(after: index)
            if end == word.endIndex { break }
            return ArgumentKind(of: option).completion(of: String(word[end...])).prefixed(String(word[..<end]))
        }
        let all = Completion(candidates: options.flatMap { Self.spellings($0) }).matching(word)
        // A cluster of letters is complete as it is.
        return all.candidates.isEmpty ? .words([word]) : all
    }

    private static func spellings(_ option: Option) -> [Completion.Candidate] {
        [option.short.map { "-\($0)" }, option.long.map { "--\($0)" }].compactMap { $0 }
            .map { Completion.Candidate($0, option.help) }
    }

    private enum State {
        case argument(Option)
        case operands
        case anything
    }

    /// What the words so far ask for.
    private static func state(after words: ArraySlice<String>, _ options: [Option]) -> State {
        var pending: Option?
        for word in words {
            if pending != nil {
                pending = nil
            } else if word == "--" {
                return .operands
            } else if word.hasPrefix("--") {
                let option = options.first { $0.long.map { $0 == word.dropFirst(2) } ?? false }
                pending = option?.argument == nil ? nil : option
            } else if word.hasPrefix("-") {
                pending = lastOfCluster(word, options)
            }
        }
        return pending.map { .argument($0) } ?? .anything
    }

    /// The option at the end of a cluster, if its argument is to come in the next word.
    private static func lastOfCluster(_ word: String, _ options: [Option]) -> Option? {
        for index in word.indices.dropFirst() {
            guard let option = options.first(where: { $0.short == word[index] }) else { return nil }
            if option.argument != nil { return word.index(after: index) == word.endIndex ? option : nil }
        }
        return nil
    }
}
