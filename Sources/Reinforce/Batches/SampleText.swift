import JSON

/// Renders a node execution as text: `Node: <name>`, then `<key>: <value>` in key order.
/// Everything is written as it stands inside a JSON string literal, so that canonical text is copied, not re-escaped.
struct SampleText {
    let trajectory: Trajectory

    /// The prompt's text, escaped.
    func appendPrompt(_ node: NodeExecution, to bytes: inout [UInt8]) {
        bytes.append("Node: ")
        appendEscaped(trajectory.arena.span(node.node), to: &bytes)
        for field in fields(node.inputs) {
            bytes.append("\\n")
            append(field, to: &bytes)
        }
    }

    /// The completion's text, escaped.
    func appendCompletion(_ node: NodeExecution, to bytes: inout [UInt8]) {
        var first = true
        for field in fields(node.outputs) {
            if !first { bytes.append("\\n") }
            first = false
            append(field, to: &bytes)
        }
    }

    /// A sample's fields.
    func fields(_ range: ByteRange) -> ArraySlice<SampleField> { trajectory.fields[Int(range.start)..<range.end] }

    private func append(_ field: SampleField, to bytes: inout [UInt8]) {
        bytes.append(trajectory.arena, field.name)
        bytes.append(": ")
        let value = trajectory.arena.span(field.value)
        if value.byte(0) == UInt8(ascii: "\"") {
            // a string stands bare, and its canonical text is escaped already
            bytes.append(value.extracting(1..<max(1, value.byteCount - 1)))
        } else {
            appendEscaped(value, to: &bytes)
        }
    }
}
