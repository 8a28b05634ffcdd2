// SPDX-License-Identifier: Apache-2.0

/// How a run is to be shown while it lasts.
struct ProgressOptions: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case auto, bar, plain, json, none
    }

    var kind = Kind.auto
    /// How often lines and objects are written.
    var interval = Duration.seconds(5)
    /// Gets the objects, whatever is shown.
    var file: String?

    init() {}

    /// What `auto` comes to.
    func kind(on terminal: Terminal, isQuiet: Bool) -> Kind {
        switch kind {
        case .auto: isQuiet || !terminal.isInteractive ? .none : .bar
        case .bar, .plain, .json, .none: kind
        }
    }

    /// Names the file that is written.
    func claim(_ uses: inout FileUses) throws(ToolError) { try uses.write(file, for: "option --stats-file") }

    /// Opens the file for the objects, behind what is in it.
    func open() async throws(ToolError) -> OutputWriter? {
        guard let file else { return nil }
        return try await OutputFile.open(file, isAppended: true, option: "--stats-file").writer
    }
}
