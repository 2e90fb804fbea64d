import Foundation
import Synchronization
import Testing

@testable import HTTP

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Talks to the server through a socket of its own, as any client would.
@Suite struct HTTPServerTests {
    private func server(_ handler: @escaping HTTPServer.Handler) throws -> HTTPServer {
        try HTTPServer(host: "127.0.0.1", port: 0, HTTPGuard(listening: "127.0.0.1"), handler)
    }

    private func get(_ server: HTTPServer, _ path: String, method: String = "GET") async throws -> (
        Int, String, [AnyHashable: Any]
    ) {
        let url = try #require(URL(string: "http://127.0.0.1:\(server.port)\(path)"))
        var request = URLRequest(url: url)
        request.httpMethod = method
        if method == "POST" { request.httpBody = Data("x=1".utf8) }
        let (data, answer) = try await URLSession.shared.data(for: request)
        let http = try #require(answer as? HTTPURLResponse)
        return (http.statusCode, String(decoding: data, as: UTF8.self), http.allHeaderFields)
    }

    @Test func aPathAndItsQueryArriveDecoded() async throws {
        let server = try server { .text(200, "\($0.path) \($0.query["a"] ?? "-") \($0.query["b"] ?? "-")") }
        defer { server.stop() }
        let (status, body, _) = try await get(server, "/x/y?a=1%202&b=%C3%A4")
        #expect(status == 200)
        #expect(body == "/x/y 1 2 ä\n")
    }

    @Test func nothingMayFrameOrGuessAnAnswer() async throws {
        let server = try server { _ in .text(200, "ok") }
        defer { server.stop() }
        let (_, _, headers) = try await get(server, "/")
        #expect(headers["X-Frame-Options"] as? String == "DENY")
        #expect(headers["X-Content-Type-Options"] as? String == "nosniff")
        #expect((headers["Content-Security-Policy"] as? String)?.contains("default-src 'none'") == true)
        #expect(headers["Access-Control-Allow-Origin"] == nil)
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "HEAD"]) func onlyGetIsServed(_ method: String) async throws {
        let server = try server { _ in .text(200, "ok") }
        defer { server.stop() }
        #expect(try await get(server, "/", method: method).0 == 405)
    }

    @Test func whatIsLongArrivesWhole() async throws {
        let text = String(repeating: "0123456789", count: 300_000)
        let server = try server { _ in .text(200, text) }
        defer { server.stop() }
        #expect(try await get(server, "/").1 == text + "\n")
    }

    @Test func aStreamIsSentAsItComesAndEnds() async throws {
        let server = try server { _ in
            let count = Mutex(0)
            return .events {
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                return number > 3 ? nil : Array("data: \(number)\n\n".utf8)
            }
        }
        defer { server.stop() }
        #expect(try await get(server, "/").1 == "data: 1\n\ndata: 2\n\ndata: 3\n\n")
    }

    @Test func aPortThatIsTakenGivesTheNextOne() throws {
        let first = try server { _ in .text(200, "first") }
        defer { first.stop() }
        let second = try HTTPServer(
            host: "127.0.0.1",
            port: first.port,
            more: 9,
            HTTPGuard(listening: "127.0.0.1")
        ) { _ in .text(200, "second") }
        defer { second.stop() }
        #expect(second.port > first.port)
        #expect(second.port <= first.port + 9)
        #expect(throws: HTTPServer.Problem.taken(first.port...first.port)) {
            try HTTPServer(host: "127.0.0.1", port: first.port, HTTPGuard(listening: "")) { _ in .text(200, "") }
        }
    }

    @Test func aHostThatIsNotKnownIsSaid() {
        #expect(throws: HTTPServer.Problem.unknownHost("no.such.host.invalid")) {
            try HTTPServer(host: "no.such.host.invalid", port: 0, HTTPGuard(listening: "")) { _ in .text(200, "") }
        }
    }
}
