/// A key with its value in one call.
extension JSONWriter {
    package mutating func field(_ name: String, _ value: Int) {
        key(name)
        integer(Int64(value))
    }
    package mutating func field(_ name: String, _ value: Int64) {
        key(name)
        integer(value)
    }
    package mutating func field(_ name: String, _ value: Double) {
        key(name)
        double(value)
    }
    package mutating func field(_ name: String, _ value: String) {
        key(name)
        string(value)
    }
    package mutating func field(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }
    package mutating func field(_ name: String, optional value: Int?) {
        key(name)
        if let value { integer(Int64(value)) } else { null() }
    }
    package mutating func field(_ name: String, optional value: Double?) {
        key(name)
        if let value { double(value) } else { null() }
    }
    package mutating func field(_ name: String, optional value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }
    /// An object.
    package mutating func object(_ name: String? = nil, _ body: (inout JSONWriter) -> Void) {
        if let name { key(name) }
        beginObject()
        body(&self)
        endObject()
    }
    /// An array with an element for each of some values.
    package mutating func array<Values: Sequence>(
        _ name: String,
        _ values: Values,
        _ element: (inout JSONWriter, Values.Element) -> Void
    ) {
        key(name)
        beginArray()
        for value in values { element(&self, value) }
        endArray()
    }
    /// Counts by name, in the order of their names.
    package mutating func counts(_ name: String, _ counts: [String: Int]) {
        object(name) { writer in
            for (key, count) in counts.sorted(by: { $0.key < $1.key }) { writer.field(key, count) }
        }
    }
}
