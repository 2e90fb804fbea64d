/// A POST of JSON.
package struct HTTPRequest: Sendable {
    package let url: String
    /// Names and values; they may hold secrets.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    /// A request.
    package init(url: String, headers: [(name: String, value: String)], body: [UInt8]) {
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// What came back.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let body: [UInt8]
    /// Milliseconds after which the service wants to be asked again.
    package let retryAfter: Int64?

    /// Why it is no answer; nil: it may be one.
    package var failure: TryFailure? {
        switch status {
        case 200..<300: nil
        case 408, 429, 500...:
            TryFailure(.unavailable, "the service answered with status \(status)", retryAfter: retryAfter)
        default: TryFailure(.refused, "the service refused the request with status \(status)")
        }
    }
}

extension HTTPResponse {
    /// Reads the header Retry-After: seconds, or a date, of which the caller's clock knows nothing: then none.
    static func retryAfter(_ line: String) -> Int64? {
        guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "retry-after" else { return nil }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let digits = value.prefix { $0.isASCII && $0.isNumber }
        guard let seconds = Int64(digits), seconds >= 0 else { return nil }
        return min(seconds, 86_400) * 1000
    }
}
