internal import Telemetry

/// Colours of a terminal, or none.
public struct TextStyle: Sendable, Hashable {
    /// Whether there are any.
    public let hasColours: Bool

    /// A style.
    public init(colours: Bool) { hasColours = colours }

    /// What matters.
    package func bold(_ text: String) -> String { wrap(text, "1") }
    /// What is said beside.
    package func dim(_ text: String) -> String { wrap(text, "2") }
    /// What is wrong.
    package func bad(_ text: String) -> String { wrap(text, "31") }
    /// What is right.
    package func good(_ text: String) -> String { wrap(text, "32") }
    /// What may be wrong.
    package func odd(_ text: String) -> String { wrap(text, "33") }

    private func wrap(_ text: String, _ code: String) -> String {
        hasColours ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// Text from a log as it may be shown: characters that could drive a terminal are written out.
package func printable(_ text: String, limit: Int = .max) -> String {
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
package func clock(_ microseconds: Int64) -> String { timestamp(microseconds: microseconds) }
