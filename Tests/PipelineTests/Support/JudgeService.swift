import Foundation

/// A service in Python on a free port of loopback, which a test's judges ask; `self.say(status, value)` answers a question.
final class JudgeService {
    let port: String
    private let process = Process()

    /// - Parameter body: what is done with a question `q`, in the method of a request handler.
    init(_ body: String) throws {
        let head = """
            import json, time
            from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
            class H(BaseHTTPRequestHandler):
              def say(self, status, value):
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
              def log_message(self, *a): pass
              def do_POST(self):
                q = json.loads(self.rfile.read(int(self.headers["Content-Length"])))

            """
        let tail = """
            ThreadingHTTPServer.request_queue_size = 512
            s = ThreadingHTTPServer(("127.0.0.1", 0), H)
            print(s.server_address[1], flush=True)
            s.serve_forever()
            """
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", head + body.split(separator: "\n").map { "    \($0)\n" }.joined() + tail]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var line = Data()
        while !line.contains(0x0A) {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            line += more
        }
        port = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

    // Foundation's own wait may never come back on a thread of the tests' pool
    deinit { kill(process.processIdentifier, SIGKILL) }
}
