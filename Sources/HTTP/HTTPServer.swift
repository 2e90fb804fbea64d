internal import CMicroHTTPD
internal import Synchronization

/// A small HTTP server for probes, scrapes and a page: GET only, bounded in connections, sizes and times.
///
/// Every connection has a thread of its own, so a handler may block, and a stream may wait for what it sends next.
@safe
public final class HTTPServer: @unchecked Sendable {
    /// What answers requests that the guard lets through; on any thread.
    public typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

    /// Why it could not be started.
    public enum Problem: Error, Hashable, Sendable {
        /// No such host.
        case unknownHost(String)
        /// All ports that were tried are taken.
        case taken(ClosedRange<Int>)
        /// Anything else, by the number of the system's error.
        case system(Int32)
    }

    /// Connections at one time; more are refused.
    static let connections: UInt32 = 64
    /// A connection on which nothing moves for so many seconds is closed.
    static let seconds: UInt32 = 30
    /// Bytes of a request's line and headers, and of what is sent at once.
    static let memory = 64 << 10

    /// The address that it listens on.
    public let host: String
    /// The port; another one than was asked for where that was taken.
    public let port: Int
    private let guarding: HTTPGuard
    private let handler: Handler
    private var daemon: OpaquePointer?
    private let isStopping = Atomic(false)

    /// Listens at once.
    ///
    /// - Parameters:
    ///   - host: a name or an address.
    ///   - port: 0: any.
    ///   - more: so many further ports are tried where one is taken.
    ///   - guarding: who may ask.
    ///   - handler: what answers.
    /// - Throws: ``Problem``
    public init(host: String, port: Int, more: Int = 0, _ guarding: HTTPGuard, _ handler: @escaping Handler)
        throws(Problem)
    {
        let last = min(65_535, port + max(0, more))
        guard (0...65_535).contains(port) else { throw .system(EINVAL) }
        var socket: Int32 = -EADDRINUSE
        for candidate in port...last where socket == -EADDRINUSE {
            socket = unsafe dash_http_listen(host, UInt16(candidate))
        }
        if socket == -100_000 { throw .unknownHost(host) }
        if socket == -EADDRINUSE { throw .taken(port...last) }
        guard socket >= 0 else { throw .system(-socket) }
        self.host = host
        self.port = Int(dash_http_port(socket))
        self.guarding = guarding
        self.handler = handler
        unsafe daemon = dash_http_start(
            socket,
            accessHandler,
            requestCompleted,
            Unmanaged.passUnretained(self).toOpaque(),
            Self.connections,
            Self.seconds,
            Self.memory
        )
        guard unsafe daemon != nil else {
            close(socket)
            throw .system(ENOMEM)
        }
    }

    /// Ends every connection and waits for it.
    public func stop() {
        isStopping.store(true, ordering: .relaxed)
        if let daemon = unsafe daemon { unsafe MHD_stop_daemon(daemon) }
        unsafe daemon = nil
    }

    deinit { stop() }

    fileprivate func answer(_ request: HTTPRequest) -> HTTPResponse {
        guarding.refusal(of: request) ?? handler(request)
    }

    fileprivate var mustEnd: Bool { isStopping.load(ordering: .relaxed) }
}

/// The first call for a request comes before its body, of which there should be none.
private let accessHandler: MHD_AccessHandlerCallback = {
    context,
    connection,
    path,
    method,
    _,
    _,
    size,
    state in
    guard let context = unsafe context, let connection = unsafe connection, let state = unsafe state,
        let path = unsafe path, let method = unsafe method
    else { return .NO }
    guard unsafe String(cString: method) == "GET" else {
        var response = HTTPResponse.text(405, "only GET is served here")
        response.headers = [("Allow", "GET")]
        return unsafe send(response, nil, connection)
    }
    if unsafe state.pointee == nil {
        unsafe state.pointee = context
        return .YES
    }
    if let size = unsafe size, unsafe size.pointee > 0 {
        unsafe size.pointee = 0
        return .YES
    }
    let server = unsafe Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
    let request = HTTPRequest(
        path: unsafe String(cString: path),
        query: unsafe values(.GET_ARGUMENT_KIND, connection),
        headers: unsafe values(.HEADER_KIND, connection, lowercased: true)
    )
    return unsafe send(server.answer(request), server, connection)
}

private let requestCompleted: MHD_RequestCompletedCallback = { _, _, state, _ in
    if let state = unsafe state { unsafe state.pointee = nil }
}

/// Names and values of a request.
private func values(_ kind: MHD_ValueKind, _ connection: OpaquePointer, lowercased: Bool = false) -> [String: String] {
    var found: [String: String] = [:]
    unsafe withUnsafeMutablePointer(to: &found) { pointer in
        _ = unsafe MHD_get_connection_values(
            connection,
            kind,
            { context, _, key, value in
                guard let key = unsafe key else { return .YES }
                let found = unsafe context?.assumingMemoryBound(to: [String: String].self)
                unsafe found?.pointee[String(cString: key)] = unsafe value.map { unsafe String(cString: $0) } ?? ""
                return .YES
            },
            pointer
        )
    }
    guard lowercased else { return found }
    return Dictionary(found.map { ($0.key.lowercased(), $0.value) }) { _, last in last }
}

/// What every answer carries: nothing may frame it, guess its type, or load from elsewhere.
private let security = [
    ("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ), ("Cache-Control", "no-store"),
]

private func send(_ answer: HTTPResponse, _ server: HTTPServer?, _ connection: OpaquePointer) -> MHD_Result {
    let made: OpaquePointer?
    if let next = answer.stream, let server {
        let stream = EventStream(next, server)
        unsafe made = MHD_create_response_from_callback(
            UInt64.max,
            16 << 10,
            readStream,
            Unmanaged.passRetained(stream).toOpaque(),
            freeStream
        )
    } else {
        unsafe made = answer.body.withUnsafeBytes { bytes in
            unsafe MHD_create_response_from_buffer(
                bytes.count,
                UnsafeMutableRawPointer(mutating: bytes.baseAddress),
                .RESPMEM_MUST_COPY
            )
        }
    }
    guard let response = unsafe made else { return .NO }
    defer { unsafe MHD_destroy_response(response) }
    unsafe MHD_add_response_header(response, "Content-Type", answer.type)
    for (name, value) in security { unsafe MHD_add_response_header(response, name, value) }
    for (name, value) in answer.headers { unsafe MHD_add_response_header(response, name, value) }
    return unsafe MHD_queue_response(connection, UInt32(answer.status), response)
}

/// A body that is made while it is sent.
private final class EventStream {
    private let next: HTTPResponse.Next
    private let server: HTTPServer
    private var rest: ArraySlice<UInt8> = []

    init(_ next: @escaping HTTPResponse.Next, _ server: HTTPServer) {
        self.next = next
        self.server = server
    }

    /// The next bytes, at most so many; nil: it is over.
    func read(_ limit: Int) -> ArraySlice<UInt8>? {
        while rest.isEmpty {
            guard !server.mustEnd, let more = next() else { return nil }
            rest = more[...]
        }
        let part = rest.prefix(limit)
        rest = rest.dropFirst(part.count)
        return part
    }
}

private let readStream: MHD_ContentReaderCallback = { context, _, buffer, limit in
    guard let context = unsafe context, let buffer = unsafe buffer else { return -1 }
    let stream = unsafe Unmanaged<EventStream>.fromOpaque(context).takeUnretainedValue()
    guard let part = stream.read(limit) else { return -1 }
    unsafe part.withUnsafeBytes { bytes in
        unsafe UnsafeMutableRawBufferPointer(start: buffer, count: limit).copyMemory(from: bytes)
    }
    return part.count
}

private let freeStream: MHD_ContentReaderFreeCallback = { context in
    if let context = unsafe context { unsafe Unmanaged<EventStream>.fromOpaque(context).release() }
}
