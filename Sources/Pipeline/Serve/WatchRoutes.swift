internal import Foundation
internal import HTTP
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry
internal import Watch

/// What each path answers.
final class WatchRoutes: Sendable {
    private let settings: Settings
    private let watch: StreamWatch
    private let program: WatchIdentity
    private let process = ProcessMetrics()
    private let detail: GroupDetail?
    /// A turn may take so long, milliseconds.
    private let patience: Int64

    init(_ settings: Settings, _ watch: StreamWatch, _ identity: WatchIdentity) {
        self.settings = settings
        self.watch = watch
        program = identity
        detail = (try? settings.makeEstimator()).map { GroupDetail(estimator: $0, topics: settings.topics.events) }
        let client = settings.consuming(settings.clientConfiguration(), identity.instance)
        patience = Int64(client[.maxPollInterval] ?? 60_000)
    }

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        switch request.path {
        case "/livez": return livez
        case "/readyz": return readyz
        case "/metrics": return metrics(MetricText(accept: request.headers["accept"]))
        case "/status": return .json(status(watch.latest).bytes)
        case "/": return HTTPResponse(type: "text/html; charset=utf-8", Array(WatchPage.html.utf8))
        case "/api/series":
            return .json(watch.latest.book.series(isDay: request.query["range"] == "day", at: now))
        case "/api/signals": return .json(watch.latest.book.signals)
        case "/api/groups": return .json(watch.latest.book.groups(GroupFilter(query: request.query)))
        case "/api/group": return group(request)
        case "/api/events": return events
        default: return .text(404, "there is nothing under this path; see / for the page")
        }
    }

    private var now: Int64 { HealthFile.now }

    /// The processor takes its name when it begins.
    private var identity: WatchIdentity {
        var identity = program
        if let instance = watch.instance { identity.instance = instance }
        return identity
    }

    private func status(_ snapshot: StreamWatch.Snapshot) -> StatusJSON {
        StatusJSON(
            snapshot: snapshot,
            identity: identity,
            began: watch.began,
            now: now,
            maxEmpty: settings.batches.maxEmpty
        )
    }

    /// While it waits for brokers the loop does not turn for a while, and that is no reason to end the process.
    private var livez: HTTPResponse {
        let isWorking = watch.latest.view.phase == .working
        let limit = isWorking ? patience : patience + 120_000
        let age = watch.turnAge
        return age <= limit
            ? .text(200, "ok") : .text(503, "the loop has not turned for \(age / 1000) s: the log tells what it does")
    }

    private var readyz: HTTPResponse {
        let reasons = watch.latest.reasons(maxEmpty: settings.batches.maxEmpty)
        return reasons.isEmpty
            ? .text(200, "ok")
            : .text(503, reasons.map { "\($0.rawValue): \($0.advice)" }.joined(separator: "\n"))
    }

    private func metrics(_ form: MetricText) -> HTTPResponse {
        let snapshot = watch.latest
        let own = StreamMetrics(snapshot: snapshot, identity: identity, status: status(snapshot)).all
        let all = own + snapshot.view.statistics.metrics + process.metrics
        return HTTPResponse(type: form.type, form.write(all))
    }

    private func group(_ request: HTTPRequest) -> HTTPResponse {
        guard let number = request.query["number"].flatMap({ Int($0) }) else {
            return .text(400, "name a group by its number, as /api/group?number=12")
        }
        guard let found = watch.latest.book.shelf.groups.first(where: { $0.number == number }) else {
            return .text(404, "this group is not kept any more; `dash-reinforce inspect` reads it from the log")
        }
        guard let detail else { return .text(500, "the estimator cannot be made") }
        return .json(detail.bytes(found))
    }

    /// The status every second.
    private var events: HTTPResponse {
        .events { [self, pace = EventPace()] in
            pace.wait()
            var event = Array("event: status\ndata: ".utf8)
            event += status(watch.latest).bytes
            event += Array("\n\n".utf8)
            return event
        }
    }
}

/// The first event comes at once, each further one a second later.
private final class EventPace: @unchecked Sendable {
    /// Of one connection, and so of one thread.
    private var isFirst = true

    func wait() {
        if !isFirst { Thread.sleep(forTimeInterval: 1) }
        isFirst = false
    }
}
