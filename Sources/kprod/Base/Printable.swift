// SPDX-License-Identifier: Apache-2.0

/// `text` without what a terminal would act on (control and format characters), bytes that are no text as `\xNN`, and not longer than `limit`.
///
/// For everything that came from outside: arguments, file names, keys, the words of a broker.
func printable(_ text: String, limit: Int = 200) -> String {
    // Nearly everything; a general category costs as much as the rest.
    if text.utf8.count <= limit, text.utf8.allSatisfy({ 0x20..<0x7f ~= $0 }) { return text }
    var clean = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
        if index == limit { return clean + "…" }
        if let byte = ArgumentText.byte(of: scalar) {
            clean += "\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
            continue
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            clean += "\u{FFFD}"
        default: clean.unicodeScalars.append(scalar)
        }
    }
    return clean
}
