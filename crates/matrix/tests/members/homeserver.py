"""Runs Synapse for as long as whoever started it wants it, and no longer.

The starter holds our standard input. A line `stop` ends the server and keeps its data; the end of the input, which
comes also when the starter was killed, ends it and removes the data. Nothing is left behind by a test that died.

Usage: homeserver.py DATA_DIRECTORY. Prints one line, `ready`, when requests are answered.
"""

import os
import shutil
import socket
import sys
import threading

data = sys.argv[1]
# Synapse tells a service manager over this socket that it listens; here we are the manager.
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
# A name in the abstract space, for paths of sockets may have only 108 bytes.
name = f"\0beadle-synapse-{os.getpid()}"
manager.bind(name)
os.environ["NOTIFY_SOCKET"] = "@" + name[1:]
# Synapse takes the standard output over as soon as it runs.
answers = os.fdopen(os.dup(1), "w", buffering=1)

from synapse.app.homeserver import main  # noqa: E402  (reads the variable when it is imported)
from twisted.internet import reactor  # noqa: E402


def tell_when_ready():
    while not manager.recv(1024).startswith(b"READY=1"):
        pass
    answers.write("ready\n")


def end_with_starter():
    if sys.stdin.readline() == "stop\n":
        reactor.callFromThread(reactor.stop)
    else:
        shutil.rmtree(data, ignore_errors=True)
        os._exit(0)


for task in (tell_when_ready, end_with_starter):
    threading.Thread(target=task, daemon=True).start()
sys.argv = ["synapse", "--config-path", os.path.join(data, "homeserver.yaml")]
main()
