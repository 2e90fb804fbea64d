import Testing

@testable import HTTP

@Suite struct HTTPGuardTests {
    private let token = "0123456789abcdef"

    private func request(_ path: String = "/status", host: String = "localhost:9464", _ more: [String: String] = [:])
        -> HTTPRequest
    {
        HTTPRequest(path: path, headers: ["host": host].merging(more) { $1 })
    }

    @Test(arguments: ["localhost:9464", "127.0.0.1:9464", "[::1]:9464", "LOCALHOST", "page.example.org"])
    func itsOwnNamesAreAnswered(_ host: String) {
        let guarding = HTTPGuard(listening: "127.0.0.1", hosts: ["page.example.org"])
        #expect(guarding.refusal(of: request(host: host)) == nil)
    }

    @Test(arguments: ["", "evil.example:9464", "localhost.evil.example", "10.0.0.5:9464"])
    func otherNamesAreRefused(_ host: String) {
        #expect(HTTPGuard(listening: "127.0.0.1").refusal(of: request(host: host))?.status == 403)
    }

    @Test func onAllAddressesAnyAddressIsItsNameAndNoOtherName() {
        let guarding = HTTPGuard(listening: "0.0.0.0")
        #expect(guarding.refusal(of: request(host: "10.0.0.5:9464")) == nil)
        #expect(guarding.refusal(of: request(host: "[fd00::5]:9464")) == nil)
        #expect(guarding.refusal(of: request(host: "evil.example")) != nil)
    }

    @Test func withoutTheTokenOnlyOpenPathsAreAnswered() {
        let guarding = HTTPGuard(listening: "0.0.0.0", token: token, open: ["/livez", "/readyz"])
        for path in ["/", "/status", "/metrics", "/api/groups", "/api/events", "/livez/"] {
            #expect(guarding.refusal(of: request(path))?.status == 401)
        }
        for path in ["/livez", "/readyz"] { #expect(guarding.refusal(of: request(path)) == nil) }
    }

    @Test func theTokenIsTakenAsAHeaderOrACookie() {
        let guarding = HTTPGuard(listening: "0.0.0.0", token: token)
        #expect(guarding.refusal(of: request("/status", ["authorization": "Bearer \(token)"])) == nil)
        #expect(guarding.refusal(of: request("/status", ["cookie": "a=b; \(HTTPGuard.cookie)=\(token)"])) == nil)
        for wrong in ["", "0123456789abcdee", "0123456789abcdef0", "0123456789abcde"] {
            #expect(guarding.refusal(of: request("/status", ["authorization": "Bearer \(wrong)"]))?.status == 401)
        }
    }

    @Test func aLinkWithTheTokenBecomesAStrictCookie() throws {
        let guarding = HTTPGuard(listening: "0.0.0.0", token: token)
        var link = request("/")
        link.query = ["token": token]
        let answer = try #require(guarding.refusal(of: link))
        #expect(answer.status == 303)
        let cookie = try #require(answer.headers.first { $0.name == "Set-Cookie" }?.value)
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
        link.query = ["token": "0123456789abcdee"]
        #expect(guarding.refusal(of: link)?.status == 401)
        // elsewhere a token in the address would end up in logs
        link.path = "/status"
        link.query = ["token": token]
        #expect(guarding.refusal(of: link)?.status == 401)
    }

    @Test(arguments: ["short", "with space 0123456789", "semi;colon;0123456789", "ümlaut-0123456789ab"])
    func aTokenThatCannotTravelIsRefused(_ token: String) {
        #expect(HTTPGuard.problem(withToken: token) != nil)
    }

    private func request(_ path: String, _ more: [String: String]) -> HTTPRequest {
        request(path, host: "localhost", more)
    }
}
