import JSON

/// Renders a node execution as text: `Node: <name>`, then `<key>: <value>` in key order.
/// Everything is written as it stands inside a JSON string literal, so that canonical text is copied, not re-escaped.
struct SampleText {
    let trajectory: Trajectory

    /// The prompt's text, escaped.
    func appendPrompt(_ node: NodeExecution, to bytes: inout [UInt8]) {
        bytes.append("Node: ")
        appendEscaped(trajectory.arena.span(node.node), to: &bytes)
        for field in fields(node.inputs) { append(field, isFirst: false, to: &bytes) }
    }

    /// The completion's text, escaped.
    func appendCompletion(_ node: NodeExecution, to bytes: inout [UInt8]) {
        var isFirst = true
        for field in fields(node.outputs) {
            append(field, isFirst: isFirst, to: &bytes)
            isFirst = false
        }
    }

    /// A sample's fields.
    func fields(_ range: ByteRange) -> ArraySlice<SampleField> { trajectory.fields[Int(range.start)..<range.end] }

    /// Appends a field on a line of its own.
    private func append(_ field: SampleField, isFirst: Bool, to bytes: inout [UInt8]) {
        let (name, value) = (trajectory.arena.span(field.name), trajectory.arena.span(field.value))
        let isString = value.byte(0) == UInt8(ascii: "\"")
        bytes.append(addingCapacity: name.byteCount &+ value.byteCount &+ 4) { output in
            if !isFirst {
                output.append(UInt8(ascii: "\\"))
                output.append(UInt8(ascii: "n"))
            }
            output.append(name)
            output.append(UInt8(ascii: ":"))
            output.append(UInt8(ascii: " "))
            // a string stands bare, and its canonical text is escaped already
            if isString { output.append(value.extracting(1..<max(1, value.byteCount - 1))) }
        }
        if !isString { appendEscaped(value, to: &bytes) }
    }
}
