"""
JSON-RPC with a text a line, with nothing but Python's own library.

    lines.py call PORT    calls a server some times, prints what came back as JSON, and leaves
    lines.py serve        serves on a port that it prints, until its stdin ends
"""

import json
import socket
import socketserver
import sys
import threading


def call(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        lines = connection.makefile("rw", encoding="utf-8", newline="\n")

        def say(**message):
            print(json.dumps({"jsonrpc": "2.0", **message}), file=lines, flush=True)

        def ask(**message):
            say(**message)
            return json.loads(lines.readline())

        say(method="note", params=["from é漢😀"])
        answers = [
            ask(id="é", method="echo", params=[["é漢😀", 1.0, None]]),
            ask(id=12345678901234567890, method="subtract", params={"subtrahend": 23, "minuend": 42}),
            ask(id=None, method="add", params=[1, 2]),
            ask(id=1, method="fail"),
            ask(id=2, method="noted"),
        ]
        print("not JSON", file=lines, flush=True)
        answers.append(json.loads(lines.readline()))
    print(json.dumps(answers))


class Serving(socketserver.StreamRequestHandler):
    methods = {
        "echo": lambda value: value,
        "add": lambda a, b: a + b,
        "subtract": lambda minuend, subtrahend: minuend - subtrahend,
    }

    def handle(self):
        for line in self.rfile:
            message = json.loads(line)
            if answer := self.answer(message):
                answer.update({"id": message["id"], "jsonrpc": "2.0"})
                self.wfile.write(json.dumps(answer).encode() + b"\r\n")

    def answer(self, message):
        if "id" not in message:
            return None
        method = self.methods.get(message["method"])
        if method is None:
            return {"error": {"message": "Method not found", "code": -32601}}
        params = message.get("params", [])
        return {"result": method(**params) if isinstance(params, dict) else method(*params)}


def serve():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Serving) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.read()


serve() if sys.argv[1] == "serve" else call(int(sys.argv[2]))
