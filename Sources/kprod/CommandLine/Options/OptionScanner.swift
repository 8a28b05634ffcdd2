// SPDX-License-Identifier: Apache-2.0

/// The grammar of `getopt_long`, so that options are written exactly as users of C tools expect: joined values (`-K:`),
/// clusters (`-qt orders`), `--long=value`, abbreviated long names, options after files, `--`.
///
/// Not a call of the C function: its answers are global variables, and the header is not part of Swift's Glibc module.
struct OptionScanner {
    /// Indices into the option table, with the argument; empty for switches.
    private(set) var given: [(index: Int, value: String)] = []
    private(set) var operands: [String] = []

    private let options: [Option]
    private var rest: ArraySlice<String>

    init(_ arguments: [String], options: [Option]) throws(ToolError) {
        self.options = options
        rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                return
            }
            if word.hasPrefix("--") {
                try scanLong(word.dropFirst(2))
            } else if word.hasPrefix("-"), word != "-" {
                try scanCluster(word.dropFirst())
            } else {
                operands.append(word)
            }
        }
    }

    /// `name`, `name=value`, or `name` with the value in the next word.
    private mutating func scanLong(_ word: Substring) throws(ToolError) {
        // By characters of Unicode: a combining one behind the sign would make another sign of it.
        let equals = word.unicodeScalars.firstIndex(of: "=")
        let name = String(word[..<(equals ?? word.endIndex)])
        let joined = equals.map { String(word.unicodeScalars[$0...].dropFirst()) }
        let index = try find(name)
        switch (options[index].argument, joined) {
        case (nil, nil): given.append((index, ""))
        case (nil, _?): throw .usage("option --\(options[index].long ?? name) takes no value")
        case (_?, let value?): given.append((index, value))
        case (_?, nil) where options[index].hasOptionalArgument: given.append((index, ""))
        case (_?, nil): given.append((index, try next(for: index)))
        }
    }

    /// Letters of switches, until one that takes the rest of the word, or the next word, as its value.
    private mutating func scanCluster(_ word: Substring) throws(ToolError) {
        var letters = word.unicodeScalars
        while let letter = letters.popFirst().map({ Character($0) }) {
            guard let index = options.firstIndex(where: { $0.short == letter }) else {
                throw .usage("unknown option -\(printable(String(letter))); see --help")
            }
            guard options[index].argument != nil else {
                given.append((index, ""))
                continue
            }
            given.append((index, letters.isEmpty ? try next(for: index) : String(letters)))
            return
        }
    }

    private mutating func next(for index: Int) throws(ToolError) -> String {
        guard let value = rest.popFirst() else {
            throw .usage("option \(options[index].spelling) needs \(options[index].argument ?? "a value")")
        }
        return value
    }

    /// A long name in full, or the beginning of exactly one.
    private func find(_ name: String) throws(ToolError) -> Int {
        if let exact = options.firstIndex(where: { $0.long == name }) { return exact }
        let matches = options.indices.filter { options[$0].long?.hasPrefix(name) ?? false }
        if matches.count == 1 { return matches[0] }
        if matches.count > 1 {
            let names = matches.compactMap { options[$0].long.map { "--\($0)" } }.joined(separator: " or ")
            throw .usage("option --\(printable(name)) could be \(names)")
        }
        let hint =
            Suggestion.nearest(to: name, in: options.compactMap(\.long)).map { "did you mean --\($0)?" } ?? "see --help"
        throw .usage("unknown option --\(printable(name)); \(hint)")
    }
}
