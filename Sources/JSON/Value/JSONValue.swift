/// A JSON value. Integers and doubles are kept apart: 1 and 1.0 are different values, -0.0 and 0.0 are equal.
/// ``isNumericallyEqual(to:)`` compares numbers by their value alone.
public enum JSONValue: Sendable, Hashable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A whole number.
    case integer(Int64)
    /// A whole number above `Int64.max`.
    case unsigned(UInt64)
    /// A whole number of more than 64 bits: its digits, behind a minus where it is negative; none is lost.
    case large(Text)
    /// A number with a fraction or an exponent, and -0; finite.
    case double(Double)
    /// A string.
    case string(Text)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// The object's value of a key; nil for anything else.
    public subscript(key: Text) -> JSONValue? { if case .object(let object) = self { object[key] } else { nil } }
}

/// A JSON object: entries in the order of their keys' bytes, each key once.
public struct JSONObject: Sendable, Hashable {
    /// A key and its value.
    public struct Entry: Sendable, Hashable {
        /// The key.
        public let key: Text
        /// The value.
        public var value: JSONValue
    }

    /// The entries in key order.
    public private(set) var entries: [Entry] = []

    /// An empty object.
    public init() {}

    /// From entries in any order; of equal keys the last one counts.
    public init(_ entries: [(Text, JSONValue)]) {
        if zip(entries, entries.dropFirst()).allSatisfy({ $0.0 < $1.0 }) {
            // as every canonical text has it
            self.entries = entries.map { Entry(key: $0.0, value: $0.1) }
            return
        }
        var sorted = entries.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(
            \.element
        )
        sorted = sorted.indices.filter { $0 + 1 == sorted.count || sorted[$0].0 != sorted[$0 + 1].0 }.map { sorted[$0] }
        self.entries = sorted.map { Entry(key: $0.0, value: $0.1) }
    }

    /// How many entries there are.
    public var count: Int { entries.count }
    /// The keys in order.
    public var keys: [Text] { entries.map(\.key) }

    /// The value of a key; setting nil removes it.
    public subscript(key: Text) -> JSONValue? {
        get {
            let (index, found) = position(of: key)
            return found ? entries[index].value : nil
        }
        set {
            let (index, found) = position(of: key)
            if let newValue {
                if found {
                    entries[index].value = newValue
                } else {
                    entries.insert(Entry(key: key, value: newValue), at: index)
                }
            } else if found {
                entries.remove(at: index)
            }
        }
    }

    /// Removes and returns the value of a key.
    @discardableResult
    public mutating func removeValue(forKey key: Text) -> JSONValue? {
        let (index, found) = position(of: key)
        return found ? entries.remove(at: index).value : nil
    }

    /// Where a key stands, or would.
    func position(of key: Text) -> (Int, Bool) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            let order = Text.compare(entries[middle].key, key)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }

    /// Changes the value at `index` in place: nobody else holds it meanwhile.
    mutating func update<R, E: Error>(at index: Int, _ body: (inout JSONValue) throws(E) -> R) throws(E) -> R {
        try body(&entries[index].value)
    }
}
