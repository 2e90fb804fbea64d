internal import Foundation
internal import Judges
internal import Problems
internal import Settings
internal import Telemetry

extension Settings {
    /// Where spans go; nil: nowhere.
    ///
    /// - Throws: ``PipelineProblem`` where a header cannot be made.
    func makeSpanExporter(_ instance: String, _ log: Logger) throws(PipelineProblem) -> SpanExporter? {
        guard !otel.endpoint.isEmpty else { return nil }
        var headers: [(name: String, value: String)] = []
        for header in otel.headers {
            guard let colon = header.firstIndex(of: ":") else { continue }
            let name = String(header[..<colon])
            let text = header[header.index(after: colon)...].drop { $0 == " " }
            do throws(HeaderProblem) {
                let value = try HeaderValue.resolve(String(text), environment: ProcessInfo.processInfo.environment)
                headers.append((name, value))
            } catch {
                throw PipelineProblem(.usage, "otel.headers: the header \(name) \(error)")
            }
        }
        return SpanExporter(
            otel.endpoint,
            headers: headers,
            resource: [
                ("service.name", .text("dash-reinforce")), ("service.namespace", .text(appID)),
                ("service.instance.id", .text(instance)),
            ],
            log
        )
    }
}
