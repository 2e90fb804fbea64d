"""A stub of OpenAI's chat completions, with what vLLM adds; it answers sums of two digits."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Stub:
    """`with Stub() as stub:` listens on a port of its own; `stub.requests` holds what was asked."""

    def __init__(self):
        self.requests, self.status, self.tool_call, self.wrong = [], 200, False, 0
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["content-length"])))
                stub.requests.append(request)
                self.send_response(stub.status)
                streamed = request.get("stream") and stub.status == 200
                self.send_header("content-type", "text/event-stream" if streamed else "application/json")
                body = stub.stream(request) if streamed else json.dumps(stub.answer(request)).encode()
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def text(self, request):
        question = next(m["content"] for m in request["messages"] if m["role"] == "user")
        if question[1:2] != "+":
            return "5"
        total = int(question[0]) + int(question[2])
        self.wrong -= 1
        return str(total + 1 if self.wrong >= 0 else total)

    def tokens(self, request, text):
        ids = [*text.encode(), 1]
        logprobs = {
            "content": [{"token": chr(i), "logprob": -0.5 / (n + 1), "top_logprobs": []} for n, i in enumerate(ids)]
        }
        out = {"logprobs": logprobs if request.get("logprobs") else None}
        if request.get("return_token_ids"):
            out["token_ids"] = ids
        return out

    def common(self, request, kind):
        return {"id": "a", "object": kind, "created": 1, "model": request["model"]}

    def answer(self, request):
        if self.status != 200:
            return {"error": {"message": f"status {self.status}"}}
        text = self.text(request)
        message = {"role": "assistant", "content": text}
        if self.tool_call:
            function = {"name": "add", "arguments": '{"a":2}'}
            message = {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c", "type": "function", "function": function}],
            }
        out = self.common(request, "chat.completion")
        choice = {"message": message, "finish_reason": "stop", **self.tokens(request, text)}
        out["choices"] = [{**choice, "index": n} for n in range(request.get("n") or 1)]
        out["usage"] = {"prompt_tokens": 4, "completion_tokens": len(text) + 1, "total_tokens": 5 + len(text)}
        if request.get("return_token_ids"):
            out["prompt_token_ids"] = list(
                next(m["content"] for m in request["messages"] if m["role"] == "user").encode()
            )
        return out

    def stream(self, request):
        text = self.text(request)
        tokens = self.tokens(request, text)
        pieces = [*text, ""]
        chunks = []
        for n, piece in enumerate(pieces):
            chunk = self.common(request, "chat.completion.chunk")
            last = n == len(pieces) - 1
            choice = {"index": 0, "delta": {"content": piece}, "finish_reason": "stop" if last else None}
            if tokens["logprobs"]:
                choice["logprobs"] = {"content": [tokens["logprobs"]["content"][n]]}
            if "token_ids" in tokens:
                choice["token_ids"] = [tokens["token_ids"][n]]
            chunks.append({**chunk, "choices": [choice]})
        lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks] + ["data: [DONE]\n\n"]
        return "".join(lines).encode()
