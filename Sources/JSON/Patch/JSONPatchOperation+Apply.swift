/// Levels a value may be nested after a patch; what a parser accepts and a little more.
private let maxPatchedDepth = 256

/// Units of work of what makes room or closes a gap, for each element and each entry that moves.
private let elementCost = 4
private let entryCost = 8

/// What a copy costs, for each unit of its measure: it is written as text in the end, and every later change beside it may
/// copy what both share.
private let copyCost = 16

extension JSONPatchOperation {
    /// Applies the operation in place: what the path does not touch is neither copied nor looked at.
    ///
    /// - Throws: ``JSONPatchError``; the value is as it was then.
    public func apply(to value: inout JSONValue) throws(JSONPatchError) {
        var work = PatchWork.unlimited
        try apply(to: &value, spending: &work)
    }

    /// Applies the operation in place, for at most so much work.
    ///
    /// - Throws: ``JSONPatchError``; the value is as it was then.
    public func apply(to value: inout JSONValue, spending work: inout PatchWork) throws(JSONPatchError) {
        switch self {
        case .add(let path, let new): try value.add(new, path.tokens[...], &work)
        case .remove(let path): _ = try value.remove(path.tokens[...], &work)
        case .replace(let path, let new): _ = try value.replace(new, path.tokens[...], &work)
        case .test(let path, let expected):
            guard let found = path.evaluate(value) else { throw JSONPatchError(reason: .missing, index: 0) }
            guard found.isNumericallyEqual(to: expected) else { throw JSONPatchError(reason: .different, index: 0) }
        case .copy(let from, let path):
            guard let found = from.evaluate(value) else { throw JSONPatchError(reason: .missing, index: 0) }
            try found.checkDepth(below: path, copyCost, &work)
            try value.add(found, path.tokens[...], &work)
        case .move(let from, let path):
            guard let found = from.evaluate(value) else { throw JSONPatchError(reason: .missing, index: 0) }
            if from == path { return }
            guard !path.tokens.starts(with: from.tokens) else { throw JSONPatchError(reason: .intoItself, index: 0) }
            try found.checkDepth(below: path, 1, &work)
            try value.move(from.tokens[...], path.tokens[...], &work)
        }
    }
}

extension JSONValue {
    /// Whether it may stand at `path`; looking costs `price` for each unit of its measure.
    fileprivate func checkDepth(below path: JSONPointer, _ price: Int, _ work: inout PatchWork) throws(JSONPatchError) {
        guard let found = measure(limit: work.left / price) else { return try work.spend(.max) }
        try work.spend(found.cost * price)
        guard found.depth + path.tokens.count <= maxPatchedDepth else {
            throw JSONPatchError(reason: .tooDeep, index: 0)
        }
    }

    /// Takes a value out and puts it in elsewhere; back where it was if it cannot be put there.
    fileprivate mutating func move(_ from: ArraySlice<Text>, _ path: ArraySlice<Text>, _ work: inout PatchWork)
        throws(JSONPatchError)
    {
        let taken = try remove(from, &work)
        do { try add(taken, path, &work) } catch {
            var free = PatchWork.unlimited
            try add(taken, from, &free)
            throw error
        }
    }

    fileprivate mutating func add(_ new: JSONValue, _ path: ArraySlice<Text>, _ work: inout PatchWork)
        throws(JSONPatchError)
    {
        guard let last = path.last else {
            self = new
            return
        }
        guard path.count <= maxPatchedDepth else { throw JSONPatchError(reason: .tooDeep, index: 0) }
        try at(path.dropLast()) { (parent: inout JSONValue) throws(JSONPatchError) in
            switch parent.taken() {
            case .object(var object):
                defer { parent = .object(object) }
                let (index, found) = object.position(of: last)
                if !found { try work.spend((object.count - index) * entryCost) }
                object[last] = new
            case .array(var elements):
                defer { parent = .array(elements) }
                let index = last == "-" ? elements.count : JSONPointer.index(last)
                guard let index, index <= elements.count else { throw JSONPatchError(reason: .index, index: 0) }
                try work.spend((elements.count - index) * elementCost)
                elements.insert(new, at: index)
            case let other:
                parent = other
                throw JSONPatchError(reason: .notAContainer, index: 0)
            }
        }
    }

    fileprivate mutating func remove(_ path: ArraySlice<Text>, _ work: inout PatchWork) throws(JSONPatchError)
        -> JSONValue
    { try change(path, to: nil, &work) }

    fileprivate mutating func replace(_ new: JSONValue, _ path: ArraySlice<Text>, _ work: inout PatchWork)
        throws(JSONPatchError) -> JSONValue
    { try change(path, to: new, &work) }

    /// Sets or removes what is there, and hands it over.
    private mutating func change(_ path: ArraySlice<Text>, to new: JSONValue?, _ work: inout PatchWork)
        throws(JSONPatchError) -> JSONValue
    {
        guard let last = path.last else {
            let old = taken()
            self = new ?? .null
            return old
        }
        return try at(path.dropLast()) { (parent: inout JSONValue) throws(JSONPatchError) in
            switch parent.taken() {
            case .object(var object):
                defer { parent = .object(object) }
                let (index, found) = object.position(of: last)
                guard found else { throw JSONPatchError(reason: .missing, index: 0) }
                let old = object.entries[index].value
                if let new {
                    object[last] = new
                } else {
                    try work.spend((object.count - index) * entryCost)
                    object.removeValue(forKey: last)
                }
                return old
            case .array(var elements):
                defer { parent = .array(elements) }
                guard let index = JSONPointer.index(last), index < elements.count else {
                    throw JSONPatchError(reason: .index, index: 0)
                }
                let old = elements[index]
                if let new {
                    elements[index] = new
                } else {
                    try work.spend((elements.count - index) * elementCost)
                    elements.remove(at: index)
                }
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
