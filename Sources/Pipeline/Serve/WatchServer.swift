internal import Foundation
internal import HTTP
internal import Kafka
internal import Problems
internal import Reinforce
public import Settings
internal import Synchronization
public import Telemetry
internal import Watch

/// The HTTP server beside a processor: probes, metrics, status, the page. It reads what is published and nothing else.
public final class WatchServer: Sendable {
    /// Further ports that are tried where one is taken.
    static let more = 9
    private let server: HTTPServer

    /// Where a browser finds the page.
    public var address: String {
        let isWildcard = server.host == "0.0.0.0" || server.host == "::" || server.host == "127.0.0.1"
        let host = isWildcard ? "localhost" : server.host.contains(":") ? "[\(server.host)]" : server.host
        return "http://\(host):\(server.port)/"
    }

    /// Begins to answer, before Kafka is asked for anything; nil: `http.listen` is empty, or all its ports are taken, which
    /// is said in the log and does not keep the processor from its work.
    ///
    /// - Parameters:
    ///   - watch: the one that the processor will be made with.
    ///   - version: the program's version.
    ///   - swift: the compiler's version.
    /// - Throws: ``PipelineProblem`` where the configuration cannot be worked with.
    public static func start(
        _ settings: Settings,
        _ watch: StreamWatch,
        version: String,
        swift: String,
        _ log: Logger
    ) throws -> WatchServer? {
        let identity = WatchIdentity(
            version: version,
            swift: swift,
            instance: settings.instanceID,
            group: settings.appID,
            output: settings.topics.output
        )
        guard let (host, port) = listening(settings) else { return nil }
        // a file that cannot be read any more must not open the page to everybody
        let token = try token(settings)
        do throws(HTTPServer.Problem) {
            let server = try WatchServer(settings, watch, identity, host, port, token)
            if server.server.port != port {
                log.info(
                    "the port of http.listen is taken; another one is used",
                    ["listen": .init(settings.http.listen)]
                )
            }
            log.info("page", ["address": .init(server.address)])
            return server
        } catch {
            switch error {
            case .taken(let ports):
                log.warning(
                    "no page, no probes and no metrics: all ports of http.listen are taken",
                    ["host": .init(host), "ports": .init("\(ports.lowerBound) to \(ports.upperBound)")]
                )
                return nil
            case .unknownHost(let host):
                throw PipelineProblem(
                    .usage,
                    "http.listen: the host `\(host)` is not known here; name an address of this one"
                )
            case .system(let number):
                let reason = unsafe String(cString: strerror(number))
                throw PipelineProblem(.usage, "http.listen: cannot listen on \(settings.http.listen): \(reason)")
            }
        }
    }

    /// Refuses what a server could not start with: before anything else is done.
    ///
    /// - Throws: ``PipelineProblem``
    public static func check(_ settings: Settings) throws { _ = try token(settings) }

    private init(
        _ settings: Settings,
        _ watch: StreamWatch,
        _ identity: WatchIdentity,
        _ host: String,
        _ port: Int,
        _ token: String?
    ) throws(HTTPServer.Problem) {
        var open: Set<String> = ["/livez", "/readyz"]
        if settings.http.openMetrics { open.insert("/metrics") }
        let routes = WatchRoutes(settings, watch, identity)
        server = try HTTPServer(
            host: host,
            port: port,
            more: Self.more,
            HTTPGuard(
                listening: host,
                hosts: settings.http.hosts,
                token: token,
                open: open
            )
        ) { routes.answer($0) }
    }

    /// Ends it.
    public func stop() { server.stop() }

    private static func listening(_ settings: Settings) -> (host: String, port: Int)? {
        guard let colon = settings.http.listen.lastIndex(of: ":"),
            let port = Int(settings.http.listen[settings.http.listen.index(after: colon)...])
        else { return nil }
        let host = settings.http.listen[..<colon].filter { $0 != "[" && $0 != "]" }
        return (String(host), port)
    }

    /// The token of the file; nil: there is none.
    private static func token(_ settings: Settings) throws -> String? {
        let path = settings.http.tokenFile
        guard !path.isEmpty else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PipelineProblem(.input, "http.token_file: cannot read \(path)")
        }
        let token = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if let problem = HTTPGuard.problem(withToken: token) {
            throw PipelineProblem(.usage, "http.token_file: \(path): \(problem); write one with `openssl rand -hex 32`")
        }
        return token
    }
}
