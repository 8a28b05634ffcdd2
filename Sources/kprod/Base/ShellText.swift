// SPDX-License-Identifier: Apache-2.0

/// Words as a shell reads them.
enum ShellText {
    /// A word that can be pasted: in quotes if it holds anything that a shell would act on.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic || "0123456789_-+=:,./@%".unicodeScalars.contains(scalar))
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
