"""A client of a service on NATS that knows neither tsjason nor a NATS library: calls methods, prints the answers.

    python3 nats_call.py PORT PREFIX METHOD...
"""
import json
import socket
import sys
from urllib.parse import quote


def subject(prefix, method):
    return ".".join([prefix] + [quote(part, safe="") or "%" for part in method.split(".")])


def main(port, prefix, *methods):
    connection = socket.create_connection(("127.0.0.1", int(port)), timeout=20)
    stream = connection.makefile("rwb")
    stream.write(b'CONNECT {"verbose":false,"pedantic":true}\r\nSUB _INBOX.python 1\r\n')
    for number, method in enumerate(methods):
        request = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": [number]}).encode()
        line = "PUB %s _INBOX.python %d\r\n" % (subject(prefix, method), len(request))
        stream.write(line.encode() + request + b"\r\n")
        stream.flush()
        answer = None
        while answer is None:
            words = stream.readline().split()
            if words[0] == b"PING":
                stream.write(b"PONG\r\n")
                stream.flush()
            elif words[0] == b"MSG":
                answer = stream.read(int(words[-1]) + 2)[:-2]
            elif words[0] != b"INFO":
                raise SystemExit("the broker says %r" % words)
        print(answer.decode(), flush=True)


main(*sys.argv[1:])
