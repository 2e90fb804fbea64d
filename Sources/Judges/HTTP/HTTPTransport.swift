internal import Synchronization

/// Where a judge answers over HTTP.
public struct HTTPAddress: Sendable {
    let url: String
    let headers: [(name: String, value: String)]
    /// What of the headers must not be told.
    let secrets: HeaderSecrets

    /// - Parameters:
    ///   - url: http or https.
    ///   - headers: as they are sent.
    public init(url: String, headers: [String: String]) {
        self.url = url
        self.headers = headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        secrets = HeaderSecrets(self.headers)
    }

    /// A POST of a question.
    func request(_ body: [UInt8], idempotencyKey: String) -> HTTPRequest {
        var all = headers
        for (name, value) in [
            ("Content-Type", "application/json"), ("Accept", "application/json"),
            ("Idempotency-Key", Self.token(idempotencyKey)),
        ] where !all.contains(where: { $0.name.lowercased() == name.lowercased() }) {
            all.append((name, value))
        }
        return HTTPRequest(url: url, headers: all, body: body)
    }

    /// Names of threads may hold anything; a header does not.
    private static func token(_ key: String) -> String {
        var out = ""
        for byte in key.utf8 {
            if (0x21...0x7E).contains(byte), byte != 0x25 {
                out.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                out += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return out
    }
}

/// Asks a service: the question as JSON, the answer as JSON.
final class HTTPTransport: JudgeTransport {
    private let client = HTTPClient()
    private let address: HTTPAddress

    init(_ address: HTTPAddress) { self.address = address }

    func ask(_ request: JudgeRequest, timeout: Int64, _ done: @escaping @Sendable (TryOutcome) -> Void) {
        let id = "q1"
        let post = address.request(request.line(id: id), idempotencyKey: request.idempotencyKey)
        client.post(post, timeout: timeout) { [secrets = address.secrets] result in
            let outcome = TryOutcome(result) { (body) throws(TryFailure) in
                let (named, verdict) = try Verdict.parse(body)
                guard named == nil || named == id else {
                    throw TryFailure(.garbage, "the answer has another `id` than the question")
                }
                return verdict
            }
            done(outcome.without(secrets))
        }
    }

    func close() { client.close() }
}

extension TryOutcome {
    /// What a response comes to.
    init(_ result: Result<HTTPResponse, TryFailure>, _ read: ([UInt8]) throws(TryFailure) -> Verdict) {
        do throws(TryFailure) {
            let response = try result.get()
            if let failure = response.failure { throw failure }
            self = .said(try read(response.body))
        } catch {
            self = .failed(error)
        }
    }
}

extension Judge {
    /// A judge that is a service.
    public convenience init(
        http address: HTTPAddress,
        _ policy: RetryPolicy,
        time: any JudgeTime = SystemJudgeTime(),
        onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.init(HTTPTransport(address), policy, time, onEvent: onEvent)
    }
}
