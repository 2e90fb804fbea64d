import TestSupport

extension PythonService {
    /// A service that a test's judges ask; `self.say(status, value)` answers a question.
    ///
    /// - Parameter body: what is done with a question `q`, in the method of a request handler.
    convenience init(judge body: String) throws {
        let head = """
            class H(BaseHTTPRequestHandler):
              def say(self, status, value):
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
              def log_message(self, *a): pass
              def do_POST(self):
                q = json.loads(self.rfile.read(int(self.headers["Content-Length"])))

            """
        try self.init(head + Self.block(body, 4))
    }
}
