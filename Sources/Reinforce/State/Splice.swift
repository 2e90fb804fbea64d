import JSON

/// A change inside canonical text: what is cut out of it, and what stands around the new value in that place. It spares
/// taking the text apart into a tree; where that is needed all the same, there is no splice.
struct Splice {
    let cut: Range<Int>
    /// The bytes of the path that are a new key.
    private(set) var key: Range<Int>?
    private(set) var commaBefore = false
    private(set) var commaAfter = false

    private init(_ cut: Range<Int>) { self.cut = cut }

    /// Where `path` leads in `text`, for add (0), remove (1) or replace (2).
    ///
    /// - Returns: nil where a tree must tell.
    /// - Throws: where the operation cannot be applied.
    static func find(_ text: RawSpan, _ path: RawSpan, _ op: Int32) throws(DiffFailure) -> Splice? {
        var at = 0
        var start = 0
        for _ in 0..<32 {
            var end = start &+ 1
            while end < path.byteCount, path.byte(end) != UInt8(ascii: "/") { end &+= 1 }
            let token = path.extracting(start &+ 1..<end)
            guard !token.holdsBadTilde else { return nil }
            let isObject = text.byte(at) == UInt8(ascii: "{")
            guard isObject || text.byte(at) == UInt8(ascii: "[") else { throw .operation }
            guard end < path.byteCount else {
                return isObject
                    ? try inObject(text, at, token, start &+ 1, op) : try inArray(text, at, token, op)
            }
            if isObject {
                guard let entry = Entry(of: token, in: text, at) else { return nil }
                guard entry.isThere else { throw .missing }
                at = entry.value
            } else {
                let index = try Splice.index(token)
                guard let element = Entry(at: index, in: text, at), element.isThere else { throw .missing }
                at = element.value
            }
            start = end
        }
        return nil
    }

    private static func inObject(_ text: RawSpan, _ object: Int, _ token: RawSpan, _ keyStart: Int, _ op: Int32)
        throws(DiffFailure) -> Splice?
    {
        guard let entry = Entry(of: token, in: text, object) else { return nil }
        if entry.isThere { return op == 1 ? removal(entry, text) : Splice(entry.value..<entry.end) }
        guard op == 0 else { throw .missing }
        guard token.isPlainKey else { return nil }
        var splice = Splice(entry.start..<entry.start)
        splice.key = keyStart..<keyStart &+ token.byteCount
        return splice.inserted(entry, text)
    }

    private static func inArray(_ text: RawSpan, _ array: Int, _ token: RawSpan, _ op: Int32)
        throws(DiffFailure) -> Splice?
    {
        let isEnd = op == 0 && token.byteCount == 1 && token.byte(0) == UInt8(ascii: "-")
        let index = isEnd ? Int.max : try index(token)
        guard let element = Entry(at: index, in: text, array) else {
            throw .missing
        }
        guard op == 0 else {
            guard element.isThere else { throw .missing }
            return op == 1 ? removal(element, text) : Splice(element.value..<element.end)
        }
        return Splice(element.start..<element.start).inserted(element, text)
    }

    /// With the comma that keeps the new value apart from its neighbours.
    private func inserted(_ entry: Entry, _ text: RawSpan) -> Splice {
        var splice = self
        let isLast = text.byte(entry.start) == UInt8(ascii: "}") || text.byte(entry.start) == UInt8(ascii: "]")
        splice.commaAfter = !isLast
        splice.commaBefore = isLast && !entry.isFirst
        return splice
    }

    /// An entry goes with one of its commas.
    private static func removal(_ entry: Entry, _ text: RawSpan) -> Splice {
        if text.byte(entry.end) == UInt8(ascii: ",") { return Splice(entry.start..<entry.end &+ 1) }
        return Splice((entry.isFirst ? entry.start : entry.start &- 1)..<entry.end)
    }

    /// An array index: decimal without leading zeros; what has more digits is beyond every end.
    private static func index(_ token: RawSpan) throws(DiffFailure) -> Int {
        guard token.byteCount > 0, token.byteCount < 10, token.byteCount == 1 || token.byte(0) != UInt8(ascii: "0")
        else { throw .operation }
        var index = 0
        for at in 0..<token.byteCount {
            let digit = token.byte(at) &- UInt8(ascii: "0")
            guard digit < 10 else { throw .operation }
            index = index &* 10 &+ Int(digit)
        }
        return index
    }
}

/// An entry of an object or an array in canonical text, or the place where it would stand.
private struct Entry {
    /// Where it begins, its key included; where it would stand, the byte that would follow.
    var start: Int
    var value = 0
    var end = 0
    var isThere = false
    var isFirst: Bool

    /// The entry of a key; nil where a key on the way is written with an escape.
    init?(of token: RawSpan, in text: RawSpan, _ object: Int) {
        start = object &+ 1
        isFirst = true
        while text.byte(start) == UInt8(ascii: "\"") {
            guard let quote = text.endOfPlainString(start) else { return nil }
            let order = compareKey(text.extracting(start &+ 1..<quote), token)
            if order > 0 { return }
            value = quote &+ 2
            end = text.endOfValue(value)
            if order == 0 {
                isThere = true
                return
            }
            isFirst = false
            guard text.byte(end) == UInt8(ascii: ",") else {
                start = end
                return
            }
            start = end &+ 1
        }
    }

    /// The element at an index, or the end where it is the next one or `Int.max`; nil beyond.
    init?(at index: Int, in text: RawSpan, _ array: Int) {
        start = array &+ 1
        isFirst = true
        var left = index
        if text.byte(start) == UInt8(ascii: "]") {
            guard index == 0 || index == .max else { return nil }
            return
        }
        while true {
            value = start
            end = text.endOfValue(start)
            if left == 0 {
                isThere = true
                return
            }
            left &-= 1
            isFirst = false
            guard text.byte(end) == UInt8(ascii: ",") else {
                guard left == 0 || index == .max else { return nil }
                start = end
                return
            }
            start = end &+ 1
        }
    }
}

/// As ``compareBytes(_:_:)``, with the token of a path as it is written there.
private func compareKey(_ key: RawSpan, _ token: RawSpan) -> Int {
    guard token.holdsTilde else { return compareBytes(key, token) }
    var (i, j) = (0, 0)
    while i < key.byteCount, j < token.byteCount {
        var byte = token.byte(j)
        if byte == UInt8(ascii: "~") {
            j &+= 1
            byte = token.byte(j) == UInt8(ascii: "0") ? UInt8(ascii: "~") : UInt8(ascii: "/")
        }
        if key.byte(i) != byte { return Int(key.byte(i)) &- Int(byte) }
        i &+= 1
        j &+= 1
    }
    return (key.byteCount &- i) &- (token.byteCount &- j)
}

extension RawSpan {
    /// A `~` that is neither `~0` nor `~1`.
    fileprivate var holdsBadTilde: Bool {
        for at in 0..<byteCount where byte(at) == UInt8(ascii: "~") {
            if byte(at &+ 1) &- UInt8(ascii: "0") > 1 { return true }
        }
        return false
    }

    /// It stands in a literal as it stands in a path.
    fileprivate var isPlainKey: Bool {
        for at in 0..<byteCount {
            let byte = byte(at)
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == UInt8(ascii: "~") { return false }
        }
        return true
    }
}
