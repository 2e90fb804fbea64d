import Arguments
import Foundation

/// What the program prints: results to stdout, everything else to stderr.
enum Output {
    static var isTerminal: Bool { isatty(1) == 1 }
    static var errorIsTerminal: Bool { isatty(2) == 1 }
    /// The terminal cannot move its cursor.
    static var isDumb: Bool { ["", "dumb"].contains(ProcessInfo.processInfo.environment["TERM"] ?? "") }

    /// Whether results may have colours: on a terminal that has some, unless somebody does not want them.
    static func hasColours(_ parsed: ParsedArguments) -> Bool {
        let refusal = ProcessInfo.processInfo.environment["NO_COLOR"] ?? ""
        return isTerminal && !isDumb && !parsed.has("no-color") && refusal.isEmpty
    }

    /// Columns of the terminal.
    static var width: Int {
        var size = winsize()
        guard unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return 100 }
        return min(140, Int(size.ws_col))
    }

    static func print(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }

    static func note(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    static func error(_ text: String) { note("error: " + shortened(text) + "\n") }

    /// The first lines of a text, and how many more there are: a long list of errors is often one error many times.
    static func shortened(_ text: String, lines limit: Int = 20) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > limit else { return text }
        return lines.prefix(limit).joined(separator: "\n") + "\n… and \(lines.count - limit) more"
    }
}
