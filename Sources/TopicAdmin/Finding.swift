internal import JSON
public import Problems

/// One thing that a check has looked at.
public struct Finding: Sendable, Hashable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable {
        case ok, warning, error
    }

    /// How bad it is.
    public let severity: Severity
    /// What an error means for a command; nil: it does not stop one.
    public let kind: PipelineProblem.Kind?
    /// What was looked at.
    public let subject: String
    /// What is so.
    public let message: String
    /// What to do; empty: nothing.
    public let advice: String

    static func ok(_ subject: String, _ message: String) -> Finding {
        Finding(severity: .ok, kind: nil, subject: subject, message: message, advice: "")
    }

    static func warning(_ subject: String, _ message: String, _ advice: String) -> Finding {
        Finding(severity: .warning, kind: nil, subject: subject, message: message, advice: advice)
    }

    static func error(_ kind: PipelineProblem.Kind, _ subject: String, _ message: String, _ advice: String)
        -> Finding
    {
        Finding(severity: .error, kind: kind, subject: subject, message: message, advice: advice)
    }
}

extension [Finding] {
    /// 0; else 77 before 69 before 64: what is forbidden hides the rest.
    public var exitCode: Int32 {
        let kinds = compactMap(\.kind)
        let order: [PipelineProblem.Kind] = [.notAllowed, .unavailable, .temporary, .usage]
        return order.first { kinds.contains($0) }?.rawValue ?? kinds.first?.rawValue ?? 0
    }

    /// A line each, and what to do below it.
    public func text(withOK: Bool) -> String {
        var text = ""
        for finding in self where withOK || finding.severity != .ok {
            let mark = finding.severity.rawValue
            text += mark + String(repeating: " ", count: 9 - mark.count) + "\(finding.subject): \(finding.message)\n"
            if !finding.advice.isEmpty {
                text += String(repeating: " ", count: 9) + "→ \(finding.advice)\n"
            }
        }
        return text
    }

    /// All of it as JSON, in one line.
    public var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("exit")
        writer.integer(Int64(exitCode))
        writer.key("findings")
        writer.beginArray()
        for finding in self {
            writer.beginObject()
            writer.key("severity")
            writer.string(finding.severity.rawValue)
            writer.key("subject")
            writer.string(finding.subject)
            writer.key("message")
            writer.string(finding.message)
            writer.key("advice")
            writer.string(finding.advice)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
}
