// SPDX-License-Identifier: Apache-2.0

@preconcurrency import Foundation
import Synchronization

/// `getopt_long`, so that options are written exactly as users of C tools expect: joined values, clusters, options
/// after files, `--`, abbreviated long names.
///
/// The only file of the command that says `unsafe`: the function takes C strings and answers through global variables.
/// It holds because every string is a copy owned by one call and freed at its end, nothing of C's is kept (values are
/// copied into `String`s at once), and a lock keeps two calls (tests run in parallel) from sharing the globals.
enum GetoptLong {
    struct Scanned {
        /// Indices into the option table, with the argument; empty for switches.
        var given: [(index: Int, value: String)] = []
        var operands: [String] = []
    }

    private static let globals = Mutex(())
    /// What `getopt_long` returns for the first option of the table: above every character.
    private static let base: Int32 = 0x1000

    static func scan(_ arguments: [String], options: [Option]) throws(ToolError) -> Scanned {
        let result: Result<Scanned, ToolError> = globals.withLock { _ in
            do throws(ToolError) {
                return .success(try scanLocked(arguments, options))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func scanLocked(_ arguments: [String], _ options: [Option]) throws(ToolError) -> Scanned {
        // With a trailing nil, as `main` gets it.
        var argv: [UnsafeMutablePointer<CChar>?] = unsafe (["kprod"] + arguments).map { unsafe strdup($0) } + [nil]
        let names = unsafe options.map { unsafe strdup($0.long) }
        defer {
            for unsafe string in unsafe argv + names { unsafe free(string) }
        }
        var table = unsafe options.indices.map { index in
            let takes = options[index].argument == nil ? no_argument : required_argument
            return unsafe option(name: names[index], has_arg: takes, flag: nil, val: base + Int32(index))
        }
        unsafe table.append(option())
        // The leading colon tells a missing argument from an unknown option.
        let letters = options.reduce(":") { letters, option in
            letters + (option.short.map { option.argument == nil ? "\($0)" : "\($0):" } ?? "")
        }

        var scanned = Scanned()
        let count = Int32(arguments.count + 1)
        unsafe optind = 0
        unsafe opterr = 0
        while true {
            let found = unsafe getopt_long(count, &argv, letters, &table, nil)
            if found == -1 { break }
            if found == Int32(UInt8(ascii: "?")) || found == Int32(UInt8(ascii: ":")) {
                // The word that was refused is the one before the next, or the next while inside a cluster.
                let word = unsafe argv[Int(optind) - 1].map { unsafe String(cString: $0) } ?? ""
                throw refusal(of: word, letter: unsafe optopt, lacksArgument: found == Int32(UInt8(ascii: ":")), options)
            }
            let index = options.firstIndex { option in
                option.short.flatMap(\.asciiValue).map(Int32.init) == found
            }
            let value = unsafe optarg.map { unsafe String(cString: $0) } ?? ""
            scanned.given.append((index ?? Int(found - base), value))
        }
        for unsafe string in unsafe argv[Int(optind)..<Int(count)] {
            if let string = unsafe string { scanned.operands.append(unsafe String(cString: string)) }
        }
        return scanned
    }

    private static func refusal(
        of word: String,
        letter: Int32,
        lacksArgument: Bool,
        _ options: [Option]
    ) -> ToolError {
        let known = options.first { option in
            option.short.flatMap(\.asciiValue).map(Int32.init) == letter
                || options.firstIndex { $0.long == option.long }.map { base + Int32($0) } == letter
        }
        if let known {
            let reason = lacksArgument ? "needs \(known.argument ?? "a value")" : "takes no value"
            return .usage("option \(known.spelling) \(reason)")
        }
        guard word.hasPrefix("--"), letter == 0 else {
            let letter = UInt8(exactly: letter).map { String(UnicodeScalar($0)) } ?? word
            return .usage("unknown option -\(printable(letter)); see --help")
        }
        let name = String(word.dropFirst(2).prefix { $0 != "=" })
        let candidates = options.map(\.long)
        let matches = candidates.filter { $0.hasPrefix(name) }
        if matches.count > 1 {
            return .usage("option --\(name) could be \(matches.map { "--\($0)" }.joined(separator: " or "))")
        }
        let hint = Suggestion.nearest(to: name, in: candidates).map { "did you mean --\($0)?" } ?? "see --help"
        return .usage("unknown option --\(printable(name)); \(hint)")
    }
}
