internal import DashStream
internal import JSON

/// Something that took its time, as OpenTelemetry has it.
struct TraceSpan: Sendable {
    /// A value of an attribute.
    enum Value: Sendable, Hashable {
        case text(String)
        case integer(Int64)
    }

    /// What was done: `commit`, `restore`, `judge`.
    let name: String
    /// It waited for somebody else.
    var isClient = false
    /// Itself.
    let context: TraceContext
    /// When it began and ended, milliseconds since 1970.
    let start: Int64
    let end: Int64
    /// More about it.
    var attributes: [(name: String, value: Value)] = []
    /// Traces that it is about.
    var links: [TraceContext] = []
    /// What went wrong; nil: nothing.
    var problem: String?

    /// One that ends at `end` and took so many milliseconds.
    init(_ name: String, took milliseconds: Int64, end: Int64) {
        var random = SystemRandomNumberGenerator()
        self.name = name
        self.end = max(0, end)
        start = max(0, min(self.end, self.end.saturatingMinus(milliseconds)))
        context = TraceContext(random: &random)
    }

    /// As an object of OTLP's JSON.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("traceId", context.trace)
            writer.field("spanId", context.span)
            writer.field("name", name)
            // SPAN_KIND_INTERNAL, SPAN_KIND_CLIENT
            writer.field("kind", isClient ? 3 : 1)
            writer.field("startTimeUnixNano", "\(start)000000")
            writer.field("endTimeUnixNano", "\(end)000000")
            writer.array("attributes", attributes) { Self.write($1.name, $1.value, to: &$0) }
            writer.array("links", links) { writer, link in
                writer.object { writer in
                    writer.field("traceId", link.trace)
                    writer.field("spanId", link.span)
                }
            }
            writer.object("status") { writer in
                // STATUS_CODE_OK, STATUS_CODE_ERROR
                writer.field("code", problem == nil ? 1 : 2)
                if let problem { writer.field("message", problem) }
            }
        }
    }

    /// An attribute as OTLP's JSON has it: 64-bit numbers are texts.
    static func write(_ name: String, _ value: Value, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("key", name)
            writer.object("value") { writer in
                switch value {
                case .text(let text): writer.field("stringValue", text)
                case .integer(let number): writer.field("intValue", String(number))
                }
            }
        }
    }
}
