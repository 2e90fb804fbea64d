import DashStream
import JSON

/// An attribute that says something else than it should.
struct Unreadable: Error {}

extension JSONValue {
    /// An attribute's value: text that holds JSON, or an array or a map of DashStream's own.
    ///
    /// - Throws: where it is no JSON, or holds bytes or a number that is not finite.
    init(attribute: borrowing AttributeView) throws(Unreadable) {
        guard let text = attribute.string else {
            self = try Self.value(attribute)
            return
        }
        do { self = try JSONValue(parsing: text, limits: JSONLimits(maxBytes: .max)) } catch { throw Unreadable() }
    }

    private static func value(_ attribute: borrowing AttributeView) throws(Unreadable) -> JSONValue {
        switch attribute.kind {
        case 0: return .null
        case 1:
            guard let bytes = attribute.string, let text = Text(utf8: bytes) else { throw Unreadable() }
            return .string(text)
        case 2: return .integer(attribute.integer ?? 0)
        case 3:
            guard let number = attribute.float, number.isFinite else { throw Unreadable() }
            return .double(number)
        case 4: return .bool(attribute.boolean ?? false)
        case 6:
            var elements: [JSONValue] = []
            var isWhole = true
            attribute.forEachElement { element in
                do { elements.append(try value(element)) } catch { isWhole = false }
            }
            guard isWhole else { throw Unreadable() }
            return .array(elements)
        case 7:
            var entries: [(Text, JSONValue)] = []
            var isWhole = true
            attribute.forEachEntry { name, element in
                guard let name = Text(utf8: name) else { return isWhole = false }
                do { entries.append((name, try value(element))) } catch { isWhole = false }
            }
            guard isWhole else { throw Unreadable() }
            return .object(JSONObject(entries))
        default: throw Unreadable()
        }
    }
}
