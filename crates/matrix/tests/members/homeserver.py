"""Runs Synapse for as long as whoever started it wants it, and no longer.

The starter holds our standard input. A line `stop` ends the server and keeps its data; the end of the input, which
comes also when the starter was killed, ends it and removes the data. Nothing is left behind by a test that died.

Usage: homeserver.py DATA_DIRECTORY PORT LIMITS, where LIMITS is `lifted` or `default`. Prints one line, `ready`, when
requests are answered. Accounts are made with the shared secret below.
"""

import json
import os
import shutil
import socket
import sqlite3
import sys
import threading

SHARED_SECRET = "for tests alone"
FREE = {"per_second": 10_000, "burst_count": 100_000}

data, port, limits = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def file(name):
    return os.path.join(data, name)


def write(name, text):
    with open(file(name), "w") as out:
        out.write(text)


def configure():
    logging = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {
            "file": {"class": "logging.FileHandler", "filename": file("homeserver.log"), "formatter": "line"}
        },
        "root": {"level": "WARNING", "handlers": ["file"]},
    }
    config = {
        "server_name": "beadle.test",
        "listeners": [
            {
                "port": port,
                "bind_addresses": ["127.0.0.1"],
                "type": "http",
                "tls": False,
                "resources": [{"names": ["client"]}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": database}},
        "log_config": file("log.yaml"),
        "media_store_path": file("media"),
        "signing_key_path": file("signing.key"),
        "pid_file": file("homeserver.pid"),
        "registration_shared_secret": SHARED_SECRET,
        "macaroon_secret_key": "for tests alone",
        "form_secret": "for tests alone",
        "report_stats": False,
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "bcrypt_rounds": 4,
        "presence": {"enabled": False},
        # A first sync like one before would be answered from memory, and miss what came in between.
        "caches": {"sync_response_cache_duration": "0s"},
        # Free in any case, since all logins here come from one address.
        "rc_registration": FREE,
        "rc_login": {"address": FREE, "account": FREE, "failed_attempts": FREE},
    }
    lifted = {
        "rc_message": FREE,
        "rc_joins": {"local": FREE, "remote": FREE},
        "rc_joins_per_room": FREE,
        "rc_invites": {"per_room": FREE, "per_user": FREE, "per_issuer": FREE},
        "rc_room_creation": FREE,
        "rc_key_requests": FREE,
        "rc_reports": FREE,
        "rc_profile": FREE,
    }
    if limits == "lifted":
        config |= lifted
    write("signing.key", "ed25519 a_test BAm0bmwlkEYwDTd9lbzOgnFAoAAsQcahkBqmWW6QjJA\n")
    # JSON is YAML too.
    write("log.yaml", json.dumps(logging))
    write("homeserver.yaml", json.dumps(config))


def copy_database(source, target):
    """All at once, for another process may do the same."""
    aside = f"{target}.{os.getpid()}"
    with sqlite3.connect(source) as empty, sqlite3.connect(aside) as copy:
        empty.backup(copy)
    os.replace(aside, target)


# A database as Synapse makes it, beside the environment we run in: making one takes a second at each start.
prepared, database = os.path.join(sys.prefix, "..", "homeserver.db"), file("homeserver.db")
configure()
if os.path.exists(prepared) and not os.path.exists(database):
    copy_database(prepared, database)
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
    if not os.path.exists(prepared):
        copy_database(database, prepared)
    answers.write("ready\n")


def end_with_starter():
    if sys.stdin.readline() == "stop\n":
        reactor.callFromThread(reactor.stop)
    else:
        shutil.rmtree(data, ignore_errors=True)
        os._exit(0)


for task in (tell_when_ready, end_with_starter):
    threading.Thread(target=task, daemon=True).start()
sys.argv = ["synapse", "--config-path", file("homeserver.yaml")]
main()
