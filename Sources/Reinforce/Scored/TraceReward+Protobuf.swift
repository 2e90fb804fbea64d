import JSON

/// `TraceReward` of `docs/scored.proto`.
extension TraceReward {
    func write(to writer: inout ProtobufWriter) {
        writer.text(1, name)
        writer.double(2, value ?? 0)
    }

    init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        var (name, value): (Text, Double) = ("", 0)
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: name = try reader.text(tag)
            case 2: value = try reader.double(tag)
            default: throw reader.unknown(tag)
            }
        }
        self.init(name: name, value: value)
    }
}
