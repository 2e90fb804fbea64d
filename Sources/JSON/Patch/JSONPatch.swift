/// One operation of a JSON Patch (RFC 6902).
public enum JSONPatchOperation: Sendable, Hashable {
    /// Inserts or sets a value.
    case add(JSONPointer, JSONValue)
    /// Removes a value that is there.
    case remove(JSONPointer)
    /// Sets a value that is there.
    case replace(JSONPointer, JSONValue)
    /// Takes a value from one place to another.
    case move(from: JSONPointer, JSONPointer)
    /// Copies a value from one place to another.
    case copy(from: JSONPointer, JSONPointer)
    /// Fails unless the value there is equal, numbers by their value: 1 is 1.0.
    case test(JSONPointer, JSONValue)
}

/// Why an operation cannot be applied.
public struct JSONPatchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: String, Sendable, Hashable {
        /// There is nothing at the path.
        case missing = "there is nothing at the path"
        /// The index is no number or beyond the end.
        case index = "the index is no number or beyond the end"
        /// The path leads into something that is neither an object nor an array.
        case notAContainer = "the path leads into something that is neither an object nor an array"
        /// The value is a different one.
        case different = "the value is a different one"
        /// A value cannot be moved into itself.
        case intoItself = "a value cannot be moved into itself"
        /// It is no operation of RFC 6902.
        case malformed = "it is no operation of RFC 6902"
        /// The result would be nested too deep.
        case tooDeep = "the result would be nested too deep"
        /// Applying it takes more work than a patch is given.
        case tooMuchWork = "applying it takes more work than a patch is given"
    }

    /// What is wrong.
    public let reason: Reason
    /// Which operation of the patch, from 0.
    public internal(set) var index: Int

    /// What and where.
    public var description: String { "operation \(index): \(reason.rawValue)" }
}

/// Operations that are applied together, all or none.
public struct JSONPatch: Sendable, Hashable {
    /// The operations in order.
    public var operations: [JSONPatchOperation]

    /// A patch.
    public init(_ operations: [JSONPatchOperation]) { self.operations = operations }

    /// Applies every operation.
    ///
    /// - Parameters:
    ///   - value: what they are applied to.
    ///   - units: work that all of them together may take (``PatchWork``).
    /// - Throws: ``JSONPatchError`` of the first that cannot be applied; the value is as it was then.
    public func apply(to value: inout JSONValue, work units: Int = .max) throws(JSONPatchError) {
        var changed = value
        var work = PatchWork(units)
        for (index, operation) in operations.enumerated() {
            do { try operation.apply(to: &changed, spending: &work) } catch {
                var located = error
                located.index = index
                throw located
            }
        }
        value = changed
    }
}
