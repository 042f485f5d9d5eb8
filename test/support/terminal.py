"""Runs a command at a terminal: terminal.py ROWS COLUMNS COMMAND...; what comes in on stdin is typed, what it prints goes to
stdout, and the end of stdin hangs up. Like a terminal of people it goes on showing what is printed while what was pasted
waits to be read."""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

rows, columns = int(sys.argv[1]), int(sys.argv[2])
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
os.set_blocking(terminal, False)
pasted = b""
while True:
    ready, room, _ = select.select([terminal, 0], [terminal] if pasted else [], [])
    if 0 in ready:
        typed = os.read(0, 4096)
        if not typed:
            break
        pasted += typed
    if room:
        try:
            pasted = pasted[os.write(terminal, pasted[:512]):]
        except BlockingIOError:
            pass
    if terminal in ready:
        try:
            shown = os.read(terminal, 4096)
        except BlockingIOError:
            continue
        except OSError:
            break
        if not shown:
            break
        os.write(1, shown)
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
