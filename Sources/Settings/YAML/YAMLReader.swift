internal import CYAML

/// Reads one YAML document by libyaml's events. Aliases are refused, and depth and size are bounded, so that a small file
/// cannot take much memory.
@safe
struct YAMLReader: ~Copyable {
    private static let maxDepth = 32
    private static let maxBytes = 4 << 20
    private var parser = unsafe yaml_parser_t()
    private var event = unsafe yaml_event_t()

    private init() {}

    /// The document; an empty one is an empty map.
    static func read(_ bytes: [UInt8]) throws(YAMLError) -> YAMLNode {
        guard bytes.count <= maxBytes else {
            throw YAMLError(line: 1, message: "the file is larger than \(maxBytes) bytes")
        }
        var reader = YAMLReader()
        guard unsafe yaml_parser_initialize(&reader.parser) == 1 else {
            throw YAMLError(line: 1, message: "there is no memory left")
        }
        let input = bytes.isEmpty ? Array("\n".utf8) : bytes
        // the parser keeps the address: everything happens while the bytes are held
        let result: Result<YAMLNode, YAMLError> = unsafe input.withUnsafeBufferPointer { buffer in
            unsafe yaml_parser_set_input_string(&reader.parser, buffer.baseAddress, buffer.count)
            do throws(YAMLError) { return .success(try reader.document()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    deinit {
        var parser = unsafe parser
        unsafe yaml_parser_delete(&parser)
    }

    private mutating func next() throws(YAMLError) -> yaml_event_type_t {
        guard unsafe yaml_parser_parse(&parser, &event) == 1 else {
            let problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? ""
            // a reader's error has no mark, only how many bytes were read
            let line = unsafe Int(max(parser.problem_mark.line, parser.mark.line)) + 1
            throw YAMLError(line: line, message: YAMLError.plain(problem))
        }
        return unsafe event.type
    }

    private var line: Int { unsafe Int(event.start_mark.line) + 1 }

    private mutating func document() throws(YAMLError) -> YAMLNode {
        while true {
            let type = try next()
            switch type {
            case YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT: unsafe yaml_event_delete(&event)
            case YAML_STREAM_END_EVENT: return YAMLNode(kind: .map([]), line: 1)
            default:
                let node = try node(type, 1)
                let end = try next()
                unsafe yaml_event_delete(&event)
                guard end == YAML_DOCUMENT_END_EVENT, try next() == YAML_STREAM_END_EVENT else {
                    throw YAMLError(line: line, message: "a second document begins (`---`); a configuration is one")
                }
                if case .scalar("", isQuoted: false) = node.kind { return YAMLNode(kind: .map([]), line: node.line) }
                return node
            }
        }
    }

    /// The node that begins with the event at hand.
    private mutating func node(_ type: yaml_event_type_t, _ depth: Int) throws(YAMLError) -> YAMLNode {
        let line = line
        defer { unsafe yaml_event_delete(&event) }
        guard depth <= Self.maxDepth else {
            throw YAMLError(line: line, message: "lists and maps are nested more than \(Self.maxDepth) deep")
        }
        switch type {
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let text = unsafe String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self
            )
            return YAMLNode(kind: .scalar(text, isQuoted: unsafe scalar.style != YAML_PLAIN_SCALAR_STYLE), line: line)
        case YAML_SEQUENCE_START_EVENT:
            unsafe yaml_event_delete(&event)
            var elements: [YAMLNode] = []
            while true {
                let type = try next()
                if type == YAML_SEQUENCE_END_EVENT { return YAMLNode(kind: .list(elements), line: line) }
                elements.append(try node(type, depth + 1))
            }
        case YAML_MAPPING_START_EVENT:
            unsafe yaml_event_delete(&event)
            var entries: [YAMLNode.Entry] = []
            while true {
                let type = try next()
                if type == YAML_MAPPING_END_EVENT { return YAMLNode(kind: .map(entries), line: line) }
                let key = try node(type, depth + 1)
                guard case .scalar(let name, _) = key.kind else {
                    throw YAMLError(line: key.line, message: "a key must be a text, not a list or a map")
                }
                entries.append(YAMLNode.Entry(key: name, line: key.line, value: try node(try next(), depth + 1)))
            }
        case YAML_ALIAS_EVENT:
            throw YAMLError(line: line, message: "aliases (`*name`) are not supported: write the value itself")
        default: throw YAMLError(line: line, message: "this is not YAML")
        }
    }
}
