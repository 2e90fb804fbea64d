import Dispatch
import Foundation
import KafkaTestSupport
import Settings
import Synchronization
import Telemetry

@testable import Files
@testable import Pipeline
@testable import Problems

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Asks a server's probes.
struct Probe: Sendable {
    /// With a `/` at its end.
    let address: String

    /// Status and text; 0 where nobody answers.
    func get(_ path: String) -> (status: Int, text: String) {
        guard let url = URL(string: address + path) else { return (0, "") }
        let answer = Mutex((status: 0, text: ""))
        let done = DispatchSemaphore(value: 0)
        let task = URLSession.shared.dataTask(with: url) { data, response, _ in
            if let response = response as? HTTPURLResponse {
                answer.withLock { $0 = (response.statusCode, String(decoding: data ?? Data(), as: UTF8.self)) }
            }
            done.signal()
        }
        task.resume()
        done.wait()
        return answer.withLock { $0 }
    }

    /// Why it is not ready; empty: it is.
    var reasons: Set<String> {
        let (status, text) = get("readyz")
        guard status != 200 else { return [] }
        return Set(text.split(separator: "\n").map { String($0.prefix { $0 != ":" }) })
    }

    var isReady: Bool { self.get("readyz").status == 200 }
}

/// A processor on a thread of its own, with its server.
final class ServedStream: Sendable {
    let probe: Probe
    let watch: StreamWatch
    private let server: WatchServer
    private let isStopping = Atomic(false)
    private let ended = DispatchGroup()
    private let processor: Unshared<StreamProcessor>

    /// - Parameter onPoll: called in every turn.
    init(
        _ run: StreamRun,
        _ name: String = "one",
        _ clock: any LiveClock = SystemClock(),
        onPoll: ((StreamProcessor) -> Void)? = nil
    ) throws {
        watch = StreamWatch()
        var settings = run.settings
        settings.http.listen = "127.0.0.1:0"
        let log = Logger(now: { 0 }) { _ in }
        guard let server = try WatchServer.start(settings, watch, version: "1", swift: "6", log) else {
            throw PipelineProblem(.internal, "no server")
        }
        self.server = server
        probe = Probe(address: server.address)
        run.watch = watch
        let processor = try run.processor(name, clock)
        run.watch = nil
        processor.onPoll = onPoll
        self.processor = Unshared(processor)
    }

    func start() {
        ended.enter()
        Thread.detachNewThread { [self] in
            defer { ended.leave() }
            try? unsafe processor.value.run { isStopping.load(ordering: .relaxed) }
        }
    }

    /// Ends the processor; the server goes on.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        ended.wait()
    }

    func end() {
        stop()
        server.stop()
    }
}
