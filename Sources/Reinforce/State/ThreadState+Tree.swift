import DashStream
import JSON

extension ThreadState {
    /// Applies a diff that concerns the whole value.
    mutating func applyToTree(_ diff: borrowing StateDiffView) throws(DiffFailure) {
        scratch.removeAll(keepingCapacity: true)
        appendText(to: &scratch, exponents: nil)
        try work.spend(scratch.count * Self.treeCost)
        var root: JSONValue
        do { root = try JSONValue(parsing: scratch) } catch { throw .value }
        var operations = diff.operations
        while let operation = operations.next() {
            guard let path = Text(utf8: operation.path) else { throw .path }
            let change = try Self.patch(operation, path: path)
            do { try change.apply(to: &root, spending: &work.diff) } catch { throw .operation }
        }
        let start = arena.count
        root.writeExact(to: &arena)
        let text = ByteRange(start, arena.count)
        adopt(text, hasPositiveExponent: hasSeveralForms(arena.span(text)))
    }

    /// The operation of the wire as one of RFC 6902, at `path`.
    static func patch(_ operation: borrowing DiffOperationView, path: Text) throws(DiffFailure) -> JSONPatchOperation {
        guard operation.encoding == 0 else { throw .encoding }
        let pointer: JSONPointer
        do { pointer = try JSONPointer(path) } catch { throw .path }
        switch operation.op {
        case 0: return .add(pointer, try value(operation.value))
        case 1: return .remove(pointer)
        case 2: return .replace(pointer, try value(operation.value))
        case 3, 4:
            guard let text = Text(utf8: operation.from) else { throw .path }
            let from: JSONPointer
            do { from = try JSONPointer(text) } catch { throw .path }
            return operation.op == 3 ? .move(from: from, pointer) : .copy(from: from, pointer)
        case 5: return .test(pointer, try value(operation.value))
        default: throw .operation
        }
    }

    private static func value(_ bytes: RawSpan) throws(DiffFailure) -> JSONValue {
        guard bytes.byteCount > 0 else { return .null }
        do { return try JSONValue(parsing: bytes) } catch { throw .value }
    }
}
