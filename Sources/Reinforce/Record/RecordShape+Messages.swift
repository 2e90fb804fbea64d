extension RecordShape {
    /// This message and those within it, each once, in the order they are first met.
    var messages: [RecordShape] {
        var found: [RecordShape] = []
        collect(into: &found)
        return found
    }

    private func collect(into found: inout [RecordShape]) {
        if found.contains(where: { "\($0.name)" == "\(name)" }) { return }
        found.append(self)
        for field in fields where field.number > 0 {
            switch field.kind {
            case .message(let shape), .messages(let shape), .optionalMessages(let shape, _):
                shape.collect(into: &found)
            default: break
            }
        }
    }
}
