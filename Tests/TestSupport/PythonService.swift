import Foundation

/// A service in Python on a free port of loopback, which ends with this.
public final class PythonService {
    private let process = Process()
    /// Where it listens, as `http://127.0.0.1:PORT`.
    public let address: String

    /// - Parameters:
    ///   - handler: the class `H` that answers requests, and what it needs; `json`, `sys`, `threading` and `time` are there.
    ///   - arguments: its `sys.argv`, from 1.
    public init(_ handler: String, _ arguments: [String] = []) throws {
        let head = """
            import json, sys, threading, time
            from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

            """
        let tail = """

            ThreadingHTTPServer.request_queue_size = 512
            s = ThreadingHTTPServer(("127.0.0.1", 0), H)
            print(s.server_address[1], flush=True)
            s.serve_forever()
            """
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", head + handler + tail] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var line = Data()
        while !line.contains(0x0A) {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            line += more
        }
        let port = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        address = "http://127.0.0.1:\(port)"
    }

    /// Lines of Python, indented into a block.
    public static func block(_ body: String, _ spaces: Int) -> String {
        body.split(separator: "\n").map { String(repeating: " ", count: spaces) + $0 + "\n" }.joined()
    }

    /// Ends it. Foundation's own wait may never come back on a thread of the tests' pool.
    public func stop() { kill(process.processIdentifier, SIGKILL) }

    deinit { stop() }
}
