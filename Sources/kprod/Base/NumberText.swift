// SPDX-License-Identifier: Apache-2.0

/// Numbers as people read them.
///
/// Not localised: the account line is read by scripts, too.
enum NumberText {
    /// As in `1,000,000`.
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// As in `1 record` and `4,211 records`.
    static func records(_ count: Int) -> String { "\(grouped(count)) \(count == 1 ? "record" : "records")" }

    /// As in `6.6 MiB`.
    static func bytes(_ count: Int) -> String {
        var value = Double(count)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1024 { return "\(unit == "B" ? String(count) : significant(value)) \(unit)" }
            value /= 1024
        }
        return "\(significant(value)) TiB"
    }

    /// As in `415k` and `1.2M`.
    static func short(_ number: Double) -> String {
        var value = number
        for unit in ["", "k", "M", "G"] {
            if value < 999.5 { return significant(value, decimals: unit.isEmpty ? 0 : 1) + unit }
            value /= 1000
        }
        return significant(value) + "T"
    }

    /// As in `2.41 s` and `1:05 min`.
    static func seconds(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        if seconds < 60 { return "\(fixed(seconds, decimals: 2)) s" }
        let whole = Int(seconds.rounded())
        let rest = whole % 60
        return "\(whole / 60):\(rest < 10 ? "0" : "")\(rest) min"
    }

    /// `10 s`, `500 ms`: for limits that somebody typed.
    static func limit(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
        return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(fixed(seconds, decimals: 1)) s"
    }

    /// As in `3.1 ms`.
    static func milliseconds(_ microseconds: Int) -> String {
        "\(significant(Double(microseconds) / 1000)) ms"
    }

    /// As in `3.1 ms`.
    static func milliseconds(_ duration: Duration) -> String {
        "\(significant(duration / .milliseconds(1))) ms"
    }

    /// As in `0.25`, `3.1`, `412`.
    static func decimal(_ value: Double) -> String {
        value.isFinite && abs(value) < 1e15 ? (value < 0 ? "-" : "") + significant(abs(value)) : "-"
    }

    /// As in `+3.1 %`, of a ratio.
    static func percentChange(_ ratio: Double) -> String {
        let change = (ratio - 1) * 100
        return "\(change < 0 ? "-" : "+")\(decimal(abs(change))) %"
    }

    /// Two decimals below 1, one below 100, then none: what is left says something.
    private static func significant(_ value: Double, decimals: Int = 2) -> String {
        fixed(value, decimals: value >= 99.95 ? 0 : value >= 0.995 ? min(1, decimals) : decimals)
    }

    private static func fixed(_ value: Double, decimals: Int) -> String {
        if decimals == 0 { return String(Int(value.rounded())) }
        let scale = decimals == 1 ? 10.0 : 100.0
        let scaled = Int((value * scale).rounded())
        let fraction = String(scaled % Int(scale))
        return "\(scaled / Int(scale))." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
