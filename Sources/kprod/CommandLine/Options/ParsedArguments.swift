// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// A command line: which options were given, in order, and what followed them.
struct ParsedArguments: Sendable {
    private var given: [(option: Option, value: String)]
    let operands: [String]

    init(_ arguments: [String], syntax: CommandSyntax) throws(ToolError) {
        let scanned = try OptionScanner(arguments, options: syntax.options)
        given = scanned.given.map { (syntax.options[$0.index], $0.value) }
        operands = scanned.operands
        if syntax.operands == nil, let operand = operands.first {
            throw .usage("kprod \(syntax.name) takes no \"\(printable(operand))\"; see kprod help \(syntax.name)")
        }
    }

    /// The same without one value of an option, for words that are not values.
    func without(_ name: Option.Name, _ word: String) -> ParsedArguments {
        var copy = self
        copy.given.removeAll { $0.option.name == name && $0.value == word }
        return copy
    }

    /// The same with a value for an option, as if it had been given last.
    func setting(_ option: Option, _ value: String) -> ParsedArguments {
        var copy = self
        copy.given.append((option, value))
        return copy
    }

    /// Takes every operand for another value of an option, if that was given.
    func addingOperands(to name: Option.Name) -> ParsedArguments {
        guard let option = given.first(where: { $0.option.name == name })?.option else { return self }
        var copy = self
        copy.given += operands.filter { $0.contains("=") }.map { (option, $0) }
        return copy
    }

    /// How a given option is called in an error message.
    func spelling(_ name: Option.Name) -> String {
        given.last { $0.option.name == name }?.option.spelling ?? ""
    }

    /// The same with the values of one option that fit given to another.
    func moving(
        _ name: Option.Name,
        to other: Option,
        where isMeant: (String) -> Bool
    ) -> ParsedArguments {
        var copy = self
        for index in copy.given.indices where copy.given[index].option.name == name {
            if isMeant(copy.given[index].value) { copy.given[index].option = other }
        }
        return copy
    }

    func has(_ name: Option.Name) -> Bool { given.contains { $0.option.name == name } }

    /// The first option that was given and is none of these.
    func first(besides names: Set<Option.Name>) -> Option.Name? {
        given.first { !names.contains($0.option.name) }?.option.name
    }

    /// Every value of an option that may be repeated.
    func strings(_ name: Option.Name) -> [String] { given.filter { $0.option.name == name }.map(\.value) }

    /// The last value given, converted; an error names the option as the user may write it.
    func value<Value>(
        _ name: Option.Name,
        _ convert: (String) throws(OptionValue.Invalid) -> Value
    ) throws(ToolError) -> Value? {
        guard let (option, text) = given.last(where: { $0.option.name == name }) else { return nil }
        do throws(OptionValue.Invalid) {
            return try convert(text)
        } catch {
            throw .usage("option \(option.spelling): \"\(Self.shown(text, of: name))\" \(error.reason)")
        }
    }

    /// Every value of a repeatable option, converted.
    func values<Value>(
        _ name: Option.Name,
        _ convert: (String) throws(OptionValue.Invalid) -> Value
    ) throws(ToolError) -> [Value] {
        var values: [Value] = []
        for (option, text) in given where option.name == name {
            do throws(OptionValue.Invalid) {
                values.append(try convert(text))
            } catch {
                throw .usage("option \(option.spelling): \"\(Self.shown(text, of: name))\" \(error.reason)")
            }
        }
        return values
    }

    /// A value that cannot be, as it may be shown: what is to be a property may be a secret, with its name or without.
    private static func shown(_ text: String, of name: Option.Name) -> String {
        guard name == .property else { return printable(text) }
        let start = text.prefix { $0.isASCII && ($0.isLowercase || $0.isNumber || "._-".contains($0)) }
        guard AsyncProducer.Configuration.knownProperties.contains(where: { $0.name == start }) else { return "…" }
        return start == text ? text : "\(start)…"
    }
}
