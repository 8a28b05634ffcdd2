// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How a file is packed, by its first bytes: lines cut out of such a file are no records of anybody.
enum Compression: String, CaseIterable {
    case gzip, zstd, lz4, bzip2, xz

    /// Looks at the beginning of a file that is no pipe; nil for what is not packed, or cannot be read.
    init?(_ source: InputSource) {
        let path =
            switch source {
            case .file(let path): path
            // A second opening: the first byte of the input stays the first.
            case .standardInput: FilePath("/dev/stdin")
            }
        guard (try? path.status())?.isRegular == true, let handle = try? path.openForReading(),
            let head = try? handle.read(upToCount: 6)
        else { return nil }
        self.init(head: Array(head))
    }

    init?(head: [UInt8]) {
        guard let found = Self.allCases.first(where: { $0.isBeginning(head) }) else { return nil }
        self = found
    }

    private func isBeginning(_ head: [UInt8]) -> Bool {
        guard head.starts(with: magic) else { return false }
        // Text may begin with these letters: behind them are a digit and a block, or the end.
        return self != .bzip2 || head.count > 5 && [[0x31, 0x41], [0x17, 0x72]].contains(Array(head[4...5]))
    }

    /// The beginning of every such file.
    private var magic: [UInt8] {
        switch self {
        case .gzip: [0x1f, 0x8b, 0x08]
        case .zstd: [0x28, 0xb5, 0x2f, 0xfd]
        case .lz4: [0x04, 0x22, 0x4d, 0x18]
        case .bzip2: Array("BZh".utf8)
        case .xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
        }
    }

    /// What unpacks it to standard output.
    var program: String {
        switch self {
        case .gzip: "zcat"
        case .zstd: "zstdcat"
        case .lz4: "lz4 -dc"
        case .bzip2: "bzcat"
        case .xz: "xzcat"
        }
    }
}

extension InputSource {
    /// Refuses a packed file where records are cut out of text.
    func checkIsNotPacked() throws(ToolError) {
        guard let compression = Compression(self) else { return }
        let word = if case .file(let path) = self { ShellWord.quoted(path.text) } else { "FILE" }
        throw ToolError(
            .noInput,
            "\(name): is compressed (\(compression)); type \(compression.program) \(word) | kprod …, or cat \(word) | kprod … "
                + "for its bytes as they are"
        )
    }
}
