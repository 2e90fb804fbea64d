import DashStream
import JSON

/// What a call's last LLM_START and what ended it say; where both have an attribute, that of the end counts.
struct CallSides: ~Escapable {
    let start: EventView
    /// LLM_END or LLM_ERROR; empty where neither came.
    let end: EventView
    /// LLM_END; empty where it did not come.
    let answer: EventView

    @_lifetime(copy payload)
    init(_ call: GatheredCall, in payload: RawSpan) {
        start = EventView(validated: Self.body(call.start, payload))
        end = EventView(validated: Self.body(call.end, payload))
        answer = EventView(validated: Self.body(call.isFailed ? -1 : call.end, payload))
    }

    @_lifetime(copy payload)
    private static func body(_ position: Int, _ payload: RawSpan) -> RawSpan {
        guard position >= 0, let message = StoredMessage(in: payload, at: position) else {
            return payload.extracting(0..<0)
        }
        return message.body
    }

    /// An attribute of either side.
    @_lifetime(copy self)
    func attribute(_ name: StaticString) -> AttributeView? {
        if let found = end.attribute(named: name) { return found }
        return start.attribute(named: name)
    }

    /// A text that is not empty.
    func text(_ name: StaticString) -> Text? { attribute(name)?.plainText }

    /// A finite number; where the first name has none, the second may.
    func number(_ name: StaticString, else other: StaticString) -> Double? {
        attribute(name)?.finite ?? attribute(other)?.finite
    }

    /// A version, which may be a text or a number.
    func version(_ name: StaticString) -> Text? {
        guard let found = attribute(name) else { return nil }
        return found.plainText ?? found.integer.map { Text(String($0)) }
    }
}

extension AttributeView {
    /// A text that is not empty.
    var plainText: Text? {
        guard let string, string.byteCount > 0 else { return nil }
        return Text(utf8: string)
    }

    /// A finite number of either kind.
    var finite: Double? {
        guard let value = float ?? integer.map(Double.init), value.isFinite else { return nil }
        return value
    }

    /// A whole number from 0.
    var natural: Int64? { integer.flatMap { $0 >= 0 ? $0 : nil } }
}
