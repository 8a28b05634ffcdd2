// SPDX-License-Identifier: Apache-2.0

/// What may come next on a command line.
struct Completion: Equatable, Sendable {
    /// A word, and what it means.
    struct Candidate: Equatable, Sendable {
        let word: String
        let help: String

        init(_ word: String, _ help: String = "") {
            self.word = word
            self.help = help
        }
    }

    var candidates: [Candidate] = []
    /// Whether names of files may come, too: the shell knows them better.
    var includesFiles = false
    /// Whether the topics of the cluster may come, too; each word of theirs begins with `prefix`.
    var includesTopics = false
    /// Whether the profiles of the property file may come, too.
    var includesProfiles = false
    /// What already stands before the part to be completed in the same word, as in `--topic=`.
    var prefix = ""

    static let nothing = Completion()
    static let files = Completion(includesFiles: true)

    static func words(_ words: [String]) -> Completion { Completion(candidates: words.map { Candidate($0) }) }

    /// The same, in a word that begins with `prefix`.
    func prefixed(_ prefix: String) -> Completion {
        var copy = self
        copy.prefix = prefix
        copy.candidates = candidates.map { Candidate(prefix + $0.word, $0.help) }
        return copy
    }

    /// Only what begins with `word`.
    func matching(_ word: String) -> Completion {
        var copy = self
        copy.candidates = candidates.filter { $0.word.hasPrefix(word) }
        return copy
    }
}
