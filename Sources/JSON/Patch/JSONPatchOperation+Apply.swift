/// Levels a value may be nested after a patch; what a parser accepts and a little more.
private let maxPatchedDepth = 256

extension JSONPatchOperation {
    /// Applies the operation in place: what the path does not touch is neither copied nor looked at.
    ///
    /// - Throws: ``JSONPatchError``; the value is as it was then.
    public func apply(to value: inout JSONValue) throws(JSONPatchError) {
        switch self {
        case .add(let path, let new): try value.add(new, path.tokens[...])
        case .remove(let path): _ = try value.remove(path.tokens[...])
        case .replace(let path, let new): _ = try value.replace(new, path.tokens[...])
        case .test(let path, let expected):
            guard let found = path.evaluate(value) else { throw JSONPatchError(reason: .missing, index: 0) }
            guard found.isNumericallyEqual(to: expected) else { throw JSONPatchError(reason: .different, index: 0) }
        case .copy(let from, let path):
            guard let found = from.evaluate(value) else { throw JSONPatchError(reason: .missing, index: 0) }
            guard found.depth + path.tokens.count <= maxPatchedDepth else {
                throw JSONPatchError(reason: .tooDeep, index: 0)
            }
            try value.add(found, path.tokens[...])
        case .move(let from, let path):
            guard from.evaluate(value) != nil else { throw JSONPatchError(reason: .missing, index: 0) }
            if from == path { return }
            guard !path.tokens.starts(with: from.tokens) else { throw JSONPatchError(reason: .intoItself, index: 0) }
            let before = value
            let taken = try value.remove(from.tokens[...])
            do { try value.add(taken, path.tokens[...]) } catch {
                value = before
                throw error
            }
        }
    }
}

extension JSONValue {
    /// Levels of containers.
    fileprivate var depth: Int {
        switch self {
        case .array(let elements): 1 + (elements.lazy.map(\.depth).max() ?? 0)
        case .object(let object): 1 + (object.entries.lazy.map(\.value.depth).max() ?? 0)
        default: 0
        }
    }

    fileprivate mutating func add(_ new: JSONValue, _ path: ArraySlice<Text>) throws(JSONPatchError) {
        guard let last = path.last else {
            self = new
            return
        }
        guard path.count <= maxPatchedDepth else { throw JSONPatchError(reason: .tooDeep, index: 0) }
        try at(path.dropLast()) { (parent: inout JSONValue) throws(JSONPatchError) in
            switch parent.taken() {
            case .object(var object):
                object[last] = new
                parent = .object(object)
            case .array(var elements):
                let index = last == "-" ? elements.count : JSONPointer.index(last)
                guard let index, index <= elements.count else {
                    parent = .array(elements)
                    throw JSONPatchError(reason: .index, index: 0)
                }
                elements.insert(new, at: index)
                parent = .array(elements)
            case let other:
                parent = other
                throw JSONPatchError(reason: .notAContainer, index: 0)
            }
        }
    }

    fileprivate mutating func remove(_ path: ArraySlice<Text>) throws(JSONPatchError) -> JSONValue {
        try change(path, to: nil)
    }

    fileprivate mutating func replace(_ new: JSONValue, _ path: ArraySlice<Text>) throws(JSONPatchError) -> JSONValue {
        try change(path, to: new)
    }

    /// Sets or removes what is there, and hands it over.
    private mutating func change(_ path: ArraySlice<Text>, to new: JSONValue?) throws(JSONPatchError) -> JSONValue {
        guard let last = path.last else {
            let old = taken()
            self = new ?? .null
            return old
        }
        return try at(path.dropLast()) { (parent: inout JSONValue) throws(JSONPatchError) in
            switch parent.taken() {
            case .object(var object):
                let old = object.removeValue(forKey: last)
                if old != nil, let new { object[last] = new }
                parent = .object(object)
                guard let old else { throw JSONPatchError(reason: .missing, index: 0) }
                return old
            case .array(var elements):
                guard let index = JSONPointer.index(last), index < elements.count else {
                    parent = .array(elements)
                    throw JSONPatchError(reason: .index, index: 0)
                }
                let old = elements[index]
                if let new { elements[index] = new } else { elements.remove(at: index) }
                parent = .array(elements)
                return old
            case let other:
                parent = other
                throw JSONPatchError(reason: .notAContainer, index: 0)
            }
        }
    }

    /// Calls `body` with the value at `path`, in place: taken out on the way down, put back on the way up.
    private mutating func at<R>(
        _ path: ArraySlice<Text>,
        _ body: (inout JSONValue) throws(JSONPatchError) -> R
    ) throws(JSONPatchError) -> R {
        guard let token = path.first else { return try body(&self) }
        switch taken() {
        case .object(var object):
            defer { self = .object(object) }
            let (index, found) = object.position(of: token)
            guard found else { throw JSONPatchError(reason: .missing, index: 0) }
            return try object.update(at: index) { (value: inout JSONValue) throws(JSONPatchError) in
                try value.at(path.dropFirst(), body)
            }
        case .array(var elements):
            defer { self = .array(elements) }
            guard let index = JSONPointer.index(token), index < elements.count else {
                throw JSONPatchError(reason: .index, index: 0)
            }
            return try elements[index].at(path.dropFirst(), body)
        case let other:
            self = other
            throw JSONPatchError(reason: .notAContainer, index: 0)
        }
    }

    /// Moves the value out, so that nobody else holds it while it is changed.
    private mutating func taken() -> JSONValue {
        var other = JSONValue.null
        swap(&self, &other)
        return other
    }
}
