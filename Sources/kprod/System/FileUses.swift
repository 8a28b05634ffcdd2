// SPDX-License-Identifier: Apache-2.0

/// What the files of a run are for: none may be written for two purposes, or be written and read.
///
/// Files and pipes are told apart by what the system knows them by, whatever they are called. Terminals, sockets and
/// devices may have several uses.
struct FileUses {
    /// What is not there yet is known by its folder and its name.
    private struct Key: Hashable {
        let identity: FilePath.Identity
        var name: String?
    }

    private struct Use {
        /// As in `option --report`.
        let purpose: String
        let name: String
        let isWritten: Bool
    }

    private var uses: [Key: Use] = [:]

    /// A file that is read.
    mutating func read(_ path: FilePath, for purpose: String) throws(ToolError) {
        try add(Self.key(of: path), Use(purpose: purpose, name: path.name, isWritten: false))
    }

    /// A file that is written; `-` is standard output.
    mutating func write(_ path: String?, for purpose: String) throws(ToolError) {
        guard let path else { return }
        if path == "-" { return try writeStandardOutput(for: purpose) }
        let file = FilePath(path)
        try add(Self.key(of: file), Use(purpose: purpose, name: file.name, isWritten: true))
    }

    mutating func readStandardInput() throws(ToolError) {
        try add(Self.key(of: 0), Use(purpose: "standard input", name: "stdin", isWritten: false))
    }

    mutating func writeStandardOutput(for purpose: String) throws(ToolError) {
        try add(Self.key(of: 1), Use(purpose: purpose, name: "stdout", isWritten: true))
    }

    private mutating func add(_ key: Key?, _ use: Use) throws(ToolError) {
        guard let key else { return }
        guard let other = uses[key] else { return uses[key] = use }
        if !use.isWritten && !other.isWritten { return }
        throw .usage(
            "\(use.purpose): \"\(use.name)\" is the same file as \"\(other.name)\" (\(other.purpose)); name another file"
        )
    }

    private static func key(of path: FilePath) -> Key? {
        if let status = try? path.status() { return key(of: status) }
        let text = path.text
        let folder = text.lastIndex(of: "/").map { String(text[...$0]) } ?? "."
        guard let status = try? FilePath(folder).status() else { return nil }
        return Key(identity: status.identity, name: path.lastComponent)
    }

    private static func key(of descriptor: Int32) -> Key? {
        (try? FilePath.Status(descriptor: descriptor)).flatMap { key(of: $0) }
    }

    private static func key(of status: FilePath.Status) -> Key? {
        status.isRegular || status.isPipe ? Key(identity: status.identity) : nil
    }
}
