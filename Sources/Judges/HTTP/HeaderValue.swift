internal import Foundation

/// Puts in what a header's value only names, so that no secret stands in a configuration: `${NAME}` is a variable of the
/// environment, `${file:PATH}` what a file holds, without the white space around it.
public enum HeaderValue {
    /// Puts everything in.
    ///
    /// - Throws: ``HeaderProblem`` where something that is named is not there, or is no line of text.
    public static func resolve(_ text: String, environment: [String: String]) throws(HeaderProblem) -> String {
        var out = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "${") {
            out += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstIndex(of: "}") else {
                throw HeaderProblem("has `${` without a `}`")
            }
            out += try value(of: String(rest[open.upperBound..<close]), environment)
            rest = rest[rest.index(after: close)...]
        }
        out += rest
        guard out.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw HeaderProblem("would be more than one line of text")
        }
        return out
    }

    private static func value(of name: String, _ environment: [String: String]) throws(HeaderProblem) -> String {
        guard name.hasPrefix("file:") else {
            guard let value = environment[name] else {
                throw HeaderProblem("names the variable \(name), which is not set")
            }
            return value
        }
        let path = String(name.dropFirst(5))
        guard let value = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw HeaderProblem("names the file \(path), which cannot be read")
        }
        return value.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Why a header has no value.
public struct HeaderProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Continuing "the header …".
    public let description: String

    init(_ description: String) { self.description = description }
}
