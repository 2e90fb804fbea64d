/// Colours of a terminal, or none.
public struct TextStyle: Sendable, Hashable {
    /// Whether there are any.
    public let hasColours: Bool

    /// A style.
    public init(colours: Bool) { hasColours = colours }

    /// What matters.
    func bold(_ text: String) -> String { wrap(text, "1") }
    /// What is said beside.
    func dim(_ text: String) -> String { wrap(text, "2") }
    /// What is wrong.
    func bad(_ text: String) -> String { wrap(text, "31") }
    /// What is right.
    func good(_ text: String) -> String { wrap(text, "32") }
    /// What may be wrong.
    func odd(_ text: String) -> String { wrap(text, "33") }

    private func wrap(_ text: String, _ code: String) -> String {
        hasColours ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// Text from a log as it may be shown: characters that could drive a terminal are written out.
func printable(_ text: String, limit: Int = .max) -> String {
    var out = ""
    var count = 0
    for scalar in text.unicodeScalars {
        count += 1
        if count > limit { return out + "…" }
        if scalar.drivesTerminal {
            out += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
            out.unicodeScalars.append(scalar)
        }
    }
    return out
}

extension Unicode.Scalar {
    /// A control character, or one that ends a line or turns the direction of what follows.
    var drivesTerminal: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

/// Microseconds since 1970 as a UTC time.
func clock(_ microseconds: Int64) -> String {
    let day = Int64(86_400_000_000)
    let days = microseconds >= 0 ? microseconds / day : (microseconds - day + 1) / day
    let rest = microseconds - days * day
    // civil date from days (proleptic Gregorian calendar)
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let doe = z - era * 146_097
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
    let mp = (5 * doy + 2) / 153
    let month = mp < 10 ? mp + 3 : mp - 9
    let year = yoe + era * 400 + (month <= 2 ? 1 : 0)
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let seconds = rest / 1_000_000
    let fraction = String(1_000_000 + rest % 1_000_000).dropFirst()
    return
        "\(year)-\(two(month))-\(two(doy - (153 * mp + 2) / 5 + 1))T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):"
        + "\(two(seconds % 60)).\(fraction)Z"
}
