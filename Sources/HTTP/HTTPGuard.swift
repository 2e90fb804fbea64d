/// Who may ask for what.
///
/// A page of somebody else's in a browser must not reach the server by a name that it has pointed here (DNS rebinding), so
/// the `Host` header must name the server. Where a token is set, all but the open paths want it.
public struct HTTPGuard: Sendable {
    /// The cookie that holds the token for a browser.
    static let cookie = "dash_reinforce_token"
    private let token: String?
    private let hosts: Set<String>
    private let open: Set<String>
    private let isWildcard: Bool

    /// - Parameters:
    ///   - listening: the address that is listened on.
    ///   - hosts: further names of the server.
    ///   - token: what a request must carry; nil: nothing.
    ///   - open: paths that want no token.
    public init(listening: String, hosts: [String] = [], token: String? = nil, open: Set<String> = []) {
        let own = Self.name(listening)
        isWildcard = own == "0.0.0.0" || own == "::"
        self.hosts = Set(hosts.map(Self.name) + [own, "localhost", "127.0.0.1", "::1"])
        self.token = token
        self.open = open
    }

    /// What a request gets instead of what it asks for; nil: it may have it.
    public func refusal(of request: HTTPRequest) -> HTTPResponse? {
        let host = Self.name(request.headers["host"] ?? "")
        guard hosts.contains(host) || (isWildcard && Self.isNumeric(host)) else {
            return .text(403, "this server does not answer under that name: add it to http.hosts")
        }
        guard let token, !open.contains(request.path) else { return nil }
        if let given = request.query["token"], request.path == "/" {
            guard Self.same(given, token) else { return .text(401, "the token is wrong") }
            var response = HTTPResponse.text(303, "go on to /")
            response.headers = [
                ("Location", "/"), ("Set-Cookie", "\(Self.cookie)=\(token); Path=/; HttpOnly; SameSite=Strict"),
            ]
            return response
        }
        let bearer = request.headers["authorization"].flatMap { text in
            text.lowercased().hasPrefix("bearer ") ? String(text.dropFirst(7)) : nil
        }
        if let given = bearer ?? request.cookie(Self.cookie), Self.same(given, token) { return nil }
        var response = HTTPResponse.text(
            401,
            "a token is needed: open /?token=… once in the browser, or send it as Authorization: Bearer …"
        )
        response.headers = [("WWW-Authenticate", "Bearer")]
        return response
    }

    /// What is wrong with a token; nil: nothing. It travels in headers and cookies.
    public static func problem(withToken token: String) -> String? {
        guard token.utf8.count >= 16 else { return "the token is shorter than 16 characters" }
        let isSafe = token.utf8.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && !#"",;\"#.utf8.contains(byte)
        }
        return isSafe ? nil : #"the token may hold visible ASCII characters only, and none of " , ; \"#
    }

    /// A host without its port and brackets, in lower case.
    static func name(_ host: String) -> String {
        let host = host.lowercased()
        if host.first == "[" { return String(host.dropFirst().prefix { $0 != "]" }) }
        return host.filter { $0 == ":" }.count > 1 ? host : String(host.prefix { $0 != ":" })
    }

    /// Digits and dots, or an IPv6 address: no name that somebody could point here.
    static func isNumeric(_ host: String) -> Bool {
        guard !host.isEmpty else { return false }
        return host.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
            || (host.contains(":") && host.allSatisfy { $0.isHexDigit || ":.%".contains($0) })
    }

    /// Takes as long for a text that is nearly right as for any other.
    static func same(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        var difference = UInt8(a.count == b.count ? 0 : 1)
        for index in b.indices { difference |= b[index] ^ (index < a.count ? a[index] : 0) }
        return difference == 0
    }
}
