internal import DashStream
internal import Reinforce
public import Telemetry

/// Tells a person what has happened: the first of each reason at once, with one example and what to do, after that once a
/// minute with its count while it goes on.
public struct Notices: Sendable {
    /// What is to be told.
    public typealias Notice = NoticeBoard<NoticeReason, NoticeSample>.Notice

    private var board = NoticeBoard<NoticeReason, NoticeSample>()

    /// Nothing has happened yet.
    public init() {}

    /// Takes what was counted since the last time.
    public mutating func add(_ tally: NoticeTally) {
        for (reason, entry) in tally.entries { board.note(reason, count: entry.count, sample: entry.sample) }
    }

    /// What is to be told by now (milliseconds that only ever grow).
    public mutating func due(at now: Int64) -> [Notice] { board.due(at: now) }

    /// What is left to be told at the end.
    public mutating func rest(at now: Int64) -> [Notice] { board.rest(at: now) }
}

extension NoticeBoard<NoticeReason, NoticeSample>.Notice {
    /// Writes it as a line of a log.
    public func write(to log: Logger) {
        guard isFirst else {
            return log.log(
                .warning,
                "\(reason.kind), still: \(reason.name)",
                values: fields(log.format) + [("count", .init(count)), ("total", .init(total))]
            )
        }
        var values = fields(log.format) + [("count", .init(count))]
        for fact in sample?.facts ?? [] { values.append((fact.name, .text(fact.text))) }
        values.append(("do", .text(reason.remedy)))
        log.log(.warning, "\(reason.kind): \(reason.name): \(reason.meaning)", values: values)
    }

    /// What programs want apart, and people see in the message.
    private func fields(_ format: LogFormat) -> [(key: String, value: LogValue)] {
        format == .json ? [("kind", .text(reason.kind)), ("reason", .text(reason.name))] : []
    }

    /// A few lines for a person, without a time.
    public var text: String {
        let things = "\(grouped(count)) \(reason.thing)\(count == 1 ? "" : "s")"
        guard isFirst else { return "warning: \(things) more, \(reason.kind): \(reason.name)\n" }
        var text = "warning: \(things), \(reason.kind): \(reason.name): \(reason.meaning)\n"
        let facts = (sample?.facts ?? []).map { "\($0.name) \($0.text)" }
        if !facts.isEmpty { text += "  first: " + facts.joined(separator: ", ") + "\n" }
        return text + "  → " + reason.remedy + "\n"
    }
}

/// A number with a comma between thousands.
func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
        text.append(digit)
    }
    return (value < 0 ? "-" : "") + text
}
