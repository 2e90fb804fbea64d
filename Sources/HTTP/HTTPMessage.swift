/// What a client asks for. Methods other than GET never come this far.
public struct HTTPRequest: Sendable {
    /// Without the query, as `/status`.
    public var path: String
    /// The query's values by name; of a name that comes twice the last one.
    public var query: [String: String]
    /// By their names in lower case.
    public var headers: [String: String]

    /// A request.
    public init(path: String, query: [String: String] = [:], headers: [String: String] = [:]) {
        self.path = path
        self.query = query
        self.headers = headers
    }

    /// The value of a cookie.
    public func cookie(_ name: String) -> String? {
        for part in (headers["cookie"] ?? "").split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            let key = pair.first?.filter { $0 != " " }
            if pair.count == 2, key == name { return String(pair[1]) }
        }
        return nil
    }
}

/// What it gets.
public struct HTTPResponse: Sendable {
    /// What a stream sends next; nil: it is over. It may block, for a second at most.
    public typealias Next = @Sendable () -> [UInt8]?

    /// The status code.
    public var status: Int
    /// The content type.
    public var type: String
    /// The body; empty where it is a stream.
    public var body: [UInt8]
    /// Further headers.
    public var headers: [(name: String, value: String)] = []
    /// Where the body is a stream.
    public var stream: Next?

    /// A whole body.
    public init(_ status: Int = 200, type: String, _ body: [UInt8]) {
        self.status = status
        self.type = type
        self.body = body
    }

    /// A line of text.
    public static func text(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(status, type: "text/plain; charset=utf-8", Array((text + "\n").utf8))
    }

    /// JSON.
    public static func json(_ body: [UInt8], status: Int = 200) -> HTTPResponse {
        HTTPResponse(status, type: "application/json", body)
    }

    /// Server-sent events.
    public static func events(_ next: @escaping Next) -> HTTPResponse {
        var response = HTTPResponse(type: "text/event-stream", [])
        response.stream = next
        return response
    }
}
