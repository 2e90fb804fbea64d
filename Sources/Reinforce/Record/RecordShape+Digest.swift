public import JSON

extension JSONValue {
    /// What the digest of a group that was written before is over; nil where the record holds only a part of it.
    ///
    /// - Parameters:
    ///   - group: an object of `groups`.
    ///   - tenant: the batch's.
    ///   - estimator: the batch's.
    public static func digestContent(ofGroup group: JSONObject, tenant: Text, estimator: JSONValue) -> JSONValue? {
        var whole = group
        whole["tenant_id"] = .string(tenant)
        whole["estimator"] = estimator
        return RecordTable<GroupRow>.group.shape.digestContent(of: .object(whole))
    }
}

extension RecordShape {
    /// The fields that a digest is over; nil where a part of them was left out.
    fileprivate func digestContent(of value: JSONValue) -> JSONValue? {
        var content = JSONObject()
        for field in fields {
            guard let digest = field.digest else { continue }
            let found = value[field.key]
            if found == nil, field.isOptional { return nil }
            if found == nil, field.absent == .nothing { continue }
            if digest == .whereAny, found == .array([]) { continue }
            guard let counted = field.kind.counted(found ?? .null, digest) else { return nil }
            content[Text(digest.name(of: field.name))] = counted
        }
        return .object(content)
    }
}

extension RecordShape.Kind {
    fileprivate func counted(_ value: JSONValue, _ digest: RecordDigest) -> JSONValue? {
        switch (self, value) {
        case (.message(let shape), .object): return shape.digestContent(of: value)
        case (.messages(let shape), .array(let elements)), (.optionalMessages(let shape, _), .array(let elements)):
            var counted: [JSONValue] = []
            for element in elements {
                if case .list(_, let flag) = digest, element[Text("\(flag)")] != .bool(true) { continue }
                guard let content = shape.digestContent(of: element) else { return nil }
                counted.append(content)
            }
            return .array(counted)
        default: return value
        }
    }
}
