// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import kprod

@Suite(.timeLimit(.minutes(2))) struct ManualTests {
    private static func path(_ tool: String) -> String? {
        ["/bin", "/usr/bin", "/usr/local/bin"].map { "\($0)/\(tool)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private func run(_ tool: String, _ arguments: [String], onPage section: Int) async throws -> KprodProcess.Outcome {
        let page = section == 1 ? ManPage.kprod : .formats
        let files = try TemporaryFiles(["page.\(section)": page.text])
        return try await KprodProcess(arguments + [files.path("page.\(section)")], path: Self.path(tool) ?? tool)
            .finish()
    }

    @Test(.enabled(if: path("mandoc") != nil, "mandoc is not installed"), arguments: [1, 5])
    func mandocHasNothingToSay(section: Int) async throws {
        let outcome = try await run("mandoc", ["-Tlint", "-Wall"], onPage: section)
        #expect(outcome.status == 0 && outcome.output == "" && outcome.messages == [], "\(outcome)")
    }

    @Test(.enabled(if: path("groff") != nil, "groff is not installed"), arguments: [1, 5])
    func groffRendersWithoutWarnings(section: Int) async throws {
        let outcome = try await run("groff", ["-man", "-Tutf8", "-ww"], onPage: section)
        #expect(outcome.status == 0 && outcome.messages == [], "\(outcome.messages)")
        #expect(outcome.output.contains("KPROD"))
    }

    /// Whatever is in a table of options is in the help, in the manual and in the completions.
    @Test func everyOptionIsEverywhere() {
        let manual = ManPage.kprod.text.replacing("\\-", with: "-")
        let completer = Completer(commands: CommandLineTool.commands.map { $0.syntax }, kcat: KcatCommand.syntax)
        for syntax in CommandLineTool.visible {
            #expect(HelpText.overview.contains("\n  \(syntax.name) "))
            let page = HelpText.page(for: syntax)
            let section =
                manual.components(separatedBy: ".SS \"kprod \(syntax.name)\"\n").last?
                .components(separatedBy: "\n.SS").first ?? ""
            let completed = Set(completer.completion(of: [syntax.name, "-"]).candidates.map(\.word))
            for option in syntax.options {
                for spelling in [option.short.map { "-\($0)" }, option.long.map { "--\($0)" }].compactMap({ $0 }) {
                    #expect(page.contains(spelling), "\(syntax.name) \(spelling)")
                    #expect(section.contains(spelling), "\(syntax.name) \(spelling)")
                    #expect(completed.contains(spelling), "\(syntax.name) \(spelling)")
                }
            }
        }
    }

    @Test func theHelpFitsAScreenAndLeadsWithExamples() {
        let lines = HelpText.overview.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(24...40 ~= lines.count, "\(lines.count) lines")
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines[2] == "Examples:")
    }

    /// An example that does not parse would be worse than none.
    @Test func everyExampleParses() throws {
        let pages =
            CommandLineTool.commands.flatMap { $0.syntax.examples } + [HelpText.examples.joined(separator: "\n")]
        let lines = pages.joined(separator: "\n").replacing(#/\\\n\s*/#, with: "").split(separator: "\n")
        #expect(lines.count > 8)
        for line in lines {
            guard let start = line.firstRange(of: "kprod ") else { continue }
            let text = line[start.upperBound...].prefix { !"#|>)&;".contains($0) }
            let words = text.split(separator: " ").map { String($0.filter { $0 != "'" && $0 != "\"" }) }
            let first = words.first ?? ""
            let isKcat = first.hasPrefix("-")
            let known = CommandLineTool.commands.map { $0.syntax }
            let syntax = isKcat ? KcatCommand.syntax : known.first { $0.name == first }
            let found = try #require(syntax, "no command in: \(line)")
            let parsed = try? ParsedArguments(Array(words.dropFirst(isKcat ? 0 : 1)), syntax: found)
            #expect(parsed != nil, "\(line)")
        }
    }
}
