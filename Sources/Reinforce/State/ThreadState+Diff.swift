import DashStream
import JSON

/// Why a diff could not be applied; the state stays as it was.
enum DiffFailure: Error {
    case path, missing, value, encoding, operation, tooMuchWork
}

extension ThreadState {
    /// Applies the operations of a diff in order, all or none.
    mutating func apply(_ diff: borrowing StateDiffView) throws(DiffFailure) {
        let before = (shape, other)
        // a copy of its own: to share the list would copy it again at the first change
        undo.removeAll(keepingCapacity: true)
        undo.append(contentsOf: fields)
        known.removeAll(keepingCapacity: true)
        if !trees.isEmpty { trees.removeAll(keepingCapacity: true) }
        splices = 0
        work.beginDiff()
        defer { work.endDiff() }
        do throws(DiffFailure) {
            try work.spend(fields.count * 4)
            if shape == .object, !needsTree(diff) {
                var operations = diff.operations
                while let operation = operations.next() { try apply(operation) }
                try putBack()
            } else {
                try applyToTree(diff)
            }
            guard textBytes <= StateWork.maxState else { throw .tooMuchWork }
        } catch {
            swap(&fields, &undo)
            (shape, other) = before
            throw error
        }
    }

    /// Moves, copies, tests and changes of the root concern the whole value; the rest one field each.
    private func needsTree(_ diff: borrowing StateDiffView) -> Bool {
        var operations = diff.operations
        while let operation = operations.next() {
            if operation.op > 2 || operation.path.byteCount == 0 { return true }
        }
        return false
    }

    private mutating func apply(_ operation: borrowing DiffOperationView) throws(DiffFailure) {
        guard operation.encoding == 0 else { throw .encoding }
        let path = operation.path
        guard path.byteCount > 0, path.byte(0) == UInt8(ascii: "/") else { throw .path }
        var end = 1
        while end < path.byteCount, path.byte(end) != UInt8(ascii: "/") { end += 1 }
        let token = path.extracting(1..<end)
        guard token.holdsTilde else {
            return try apply(operation, to: token, rest: path.extracting(end..<path.byteCount))
        }
        let key = try Self.unescape(token)
        try unsafe apply(operation, to: key.span.bytes, rest: path.extracting(end..<path.byteCount))
    }

    /// `~0` is `~` and `~1` is `/` (RFC 6901).
    private static func unescape(_ token: RawSpan) throws(DiffFailure) -> [UInt8] {
        var key: [UInt8] = []
        var at = 0
        while at < token.byteCount {
            let byte = token.byte(at)
            at += 1
            guard byte == UInt8(ascii: "~") else {
                key.append(byte)
                continue
            }
            guard at < token.byteCount else { throw .path }
            switch token.byte(at) {
            case UInt8(ascii: "0"): key.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): key.append(UInt8(ascii: "/"))
            default: throw .path
            }
            at += 1
        }
        return key
    }

    private mutating func apply(_ operation: borrowing DiffOperationView, to key: RawSpan, rest: RawSpan)
        throws(DiffFailure)
    {
        let (index, found) = position(of: key)
        if rest.byteCount > 0 {
            guard found else { throw .missing }
            return try applyInside(operation, index, key, rest)
        }
        if !trees.isEmpty, let text = Text(utf8: key) { trees[text] = nil }
        if operation.op == 1 {
            guard found else { throw .missing }
            try work.spendOnDiff((fields.count - index) * Self.fieldCost)
            fields.remove(at: index)
            return
        }
        guard found || operation.op == 0 else { throw .missing }
        let start = arena.count
        let positive = try Self.appendValue(operation.value, to: &arena)
        let value = ByteRange(start, arena.count)
        if found {
            fields[index].value = value
            fields[index].hasPositiveExponent = positive
        } else {
            try work.spendOnDiff((fields.count - index) * Self.fieldCost)
            let written = appendKey(key)
            fields.insert(
                StateField(key: written.key, name: written.name, value: value, hasPositiveExponent: positive),
                at: index
            )
        }
    }

    /// Appends the value of an operation; whether it has a positive exponent.
    static func appendValue(_ value: RawSpan, to bytes: inout [UInt8]) throws(DiffFailure) -> Bool {
        guard value.byteCount > 0 else {
            bytes.append("null")
            return false
        }
        do { return try appendCanonical(of: value, to: &bytes, isExact: true).hasPositiveExponent } catch {
            throw .value
        }
    }

    /// Changes something inside a field, which is taken apart once for the whole diff.
    private mutating func applyInside(
        _ operation: borrowing DiffOperationView,
        _ index: Int,
        _ key: RawSpan,
        _ rest: RawSpan
    )
        throws(DiffFailure)
    {
        if try splice(operation, index, rest) { return }
        guard let name = Text(utf8: key), let path = Text(utf8: rest) else { throw .path }
        var tree: JSONValue
        if let open = trees.removeValue(forKey: name) {
            tree = open
        } else {
            try work.spend(Int(fields[index].value.count) * Self.treeCost)
            do { tree = try JSONValue(parsing: arena.span(fields[index].value)) } catch { throw .value }
        }
        let change = try Self.patch(operation, path: path)
        do { try change.apply(to: &tree, spending: &work.diff) } catch { throw .operation }
        trees[name] = tree
    }

    /// Units of work for a field that makes room for another one.
    private static var fieldCost: Int { 4 }
    /// Units of work for a byte of text that is taken apart into a tree.
    static var treeCost: Int { 4 }

    /// Bytes of the state's text, nearly.
    var textBytes: Int {
        shape == .object
            ? fields.reduce(2) { $0 + Int($1.name.count) + Int($1.value.count) + 4 } : Int(other.value.count)
    }

    /// Writes the fields that were taken apart back as text.
    private mutating func putBack() throws(DiffFailure) {
        if trees.isEmpty { return }
        for (name, tree) in trees.sorted(by: { $0.key < $1.key }) {
            var key: [UInt8] = []
            key.append(contentsOf: name.utf8)
            let (index, found) = unsafe position(of: key.span.bytes)
            guard found else { continue }
            let start = arena.count
            tree.writeExact(to: &arena)
            fields[index].value = ByteRange(start, arena.count)
            fields[index].hasPositiveExponent = hasSeveralForms(arena.span(fields[index].value))
        }
        trees.removeAll(keepingCapacity: true)
    }
}

extension RawSpan {
    /// The byte at `index`, 0 beyond the end.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        guard index >= 0, index < byteCount else { return 0 }
        return unsafe unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
    }

    var holdsTilde: Bool {
        for index in 0..<byteCount where byte(index) == UInt8(ascii: "~") { return true }
        return false
    }
}
