internal import Dispatch
internal import Foundation
internal import JSON
internal import Judges
internal import Synchronization
internal import Telemetry

/// Sends spans to an OpenTelemetry collector, as OTLP over HTTP in JSON. Nobody waits for it: spans that it has no room for,
/// or that the collector does not take, are dropped and counted.
final class SpanExporter: Sendable {
    /// What has become of spans.
    struct Counts: Sendable, Hashable {
        var sent = 0
        var dropped = 0
    }

    private struct State {
        var waiting: [TraceSpan] = []
        var counts = Counts()
        var isSending = false
        var isClosed = false
        var toldAt = Int64.min
    }

    /// Spans that may wait.
    static let room = 2048
    /// Spans in one request.
    static let batch = 512
    private let client = HTTPClient()
    private let url: String
    private let headers: [(name: String, value: String)]
    private let resource: [(name: String, value: TraceSpan.Value)]
    private let log: Logger
    private let state = Mutex(State())
    private let timer = DispatchQueue(label: "spans")

    /// - Parameters:
    ///   - endpoint: of the collector, with or without `/v1/traces`.
    ///   - headers: as they are sent; they may hold secrets.
    ///   - resource: who sends.
    init(
        _ endpoint: String,
        headers: [(name: String, value: String)],
        resource: [(name: String, value: TraceSpan.Value)],
        _ log: Logger
    ) {
        let base = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        url = base.hasSuffix("/v1/traces") ? base : base + "/v1/traces"
        self.headers = headers + [(name: "Content-Type", value: "application/json")]
        self.resource = resource
        self.log = log
    }

    deinit { client.close() }

    /// What has become of spans so far.
    var counts: Counts { state.withLock { $0.counts } }

    /// Takes a span; it leaves within a second or so.
    func add(_ span: TraceSpan) {
        let isFirst = state.withLock { state in
            guard !state.isClosed, state.waiting.count < Self.room else {
                state.counts.dropped &+= 1
                return false
            }
            state.waiting.append(span)
            return state.waiting.count == 1 && !state.isSending
        }
        guard isFirst else { return }
        timer.asyncAfter(deadline: .now() + 1) { [weak self] in self?.send() }
    }

    /// Sends what waits, and waits for it, at most so long.
    func close(milliseconds: Int = 2000) {
        send()
        let until = Date(timeIntervalSinceNow: Double(milliseconds) / 1000)
        while state.withLock({ $0.isSending || !$0.waiting.isEmpty }), Date() < until {
            Thread.sleep(forTimeInterval: 0.01)
        }
        state.withLock { state in
            state.isClosed = true
            state.counts.dropped &+= state.waiting.count
            state.waiting = []
        }
        client.close()
    }

    /// Sends the next ones, unless some are under way: those who come after them go then.
    private func send() {
        let spans = state.withLock { state -> [TraceSpan] in
            guard !state.isSending, !state.isClosed, !state.waiting.isEmpty else { return [] }
            state.isSending = true
            defer { state.waiting.removeFirst(min(Self.batch, state.waiting.count)) }
            return Array(state.waiting.prefix(Self.batch))
        }
        guard !spans.isEmpty else { return }
        let request = HTTPRequest(url: url, headers: headers, body: body(spans))
        client.post(request, timeout: 10_000) { [weak self] result in self?.settle(spans.count, result) }
    }

    private func settle(_ count: Int, _ result: Result<HTTPResponse, TryFailure>) {
        let failure: TryFailure? =
            switch result {
            case .success(let response): response.failure
            case .failure(let failure): failure
            }
        let now = SystemClock.uptime
        let (isMore, mustTell) = state.withLock { state in
            state.isSending = false
            if failure == nil { state.counts.sent &+= count } else { state.counts.dropped &+= count }
            let mustTell = failure != nil && (state.toldAt == .min || now - state.toldAt >= 60_000)
            if mustTell { state.toldAt = now }
            return (!state.waiting.isEmpty, mustTell)
        }
        if mustTell, let failure {
            log.warning(
                "spans are dropped: the collector of otel.endpoint does not take them; the work goes on",
                ["spans": .init(count), "problem": .init(failure.message)]
            )
        }
        if isMore { timer.async { [weak self] in self?.send() } }
    }

    /// The body of a request.
    func body(_ spans: [TraceSpan]) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.array("resourceSpans", [spans]) { writer, spans in
                writer.object { writer in
                    writer.object("resource") { writer in
                        writer.array("attributes", resource) { TraceSpan.write($1.name, $1.value, to: &$0) }
                    }
                    writer.array("scopeSpans", [spans]) { writer, spans in
                        writer.object { writer in
                            writer.object("scope") { $0.field("name", "dash-reinforce") }
                            writer.array("spans", spans) { $1.write(to: &$0) }
                        }
                    }
                }
            }
        }
        return writer.bytes
    }
}
