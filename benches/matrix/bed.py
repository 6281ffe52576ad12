"""What the benchmark runs: the server, the bots, and a member who encrypts."""

import asyncio
import hashlib
import hmac
import itertools
import json
import pathlib
import re
import shutil
import signal
import socket
import sys
import tempfile

from client import Anybody, Client
from tools import HERE, MEMBERS

PASSWORD = "a password"
# As crates/matrix/tests/members/homeserver.py has it.
SHARED_SECRET = b"for tests alone"
STOP_MAX_S = 20


class Synapse:
    """The server, with limits lifted."""

    async def __aenter__(self):
        self._data = tempfile.mkdtemp(prefix="synapse-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            MEMBERS / "homeserver.py",
            self._data,
            str(port),
            "lifted",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=open(pathlib.Path(self._data) / "errors.log", "wb"),
        )
        if await self._process.stdout.readline() != b"ready\n":
            sys.exit(f"Synapse did not start; look into {self._data}")
        self._numbers = itertools.count(1)
        return self

    async def __aexit__(self, *_):
        # At the end of its input it removes its data and ends.
        self._process.stdin.close()
        await self._process.wait()

    async def register(self, name):
        """Makes an account whose name begins with `name` and gives its user id."""
        path = "/_synapse/admin/v1/register"
        name = f"{name}-{next(self._numbers)}"
        async with Anybody(self.url) as anybody:
            nonce = (await anybody.ask("GET", path))["nonce"]
            said = "\0".join([nonce, name, PASSWORD, "notadmin"])
            answer = await anybody.ask(
                "POST",
                path,
                {
                    "nonce": nonce,
                    "username": name,
                    "password": PASSWORD,
                    "mac": hmac.new(SHARED_SECRET, said.encode(), hashlib.sha1).hexdigest(),
                },
            )
        return answer["user_id"]

    async def client(self, name):
        """A new account, logged in."""
        return await Client.log_in(self.url, await self.register(name), PASSWORD)


class Group:
    """What a bot looks after: an open and an encrypted room, and one for the officers."""

    def __init__(self, room, encrypted, management_room, officer):
        self.room = room
        self.encrypted = encrypted
        self.management_room = management_room
        self.officer = officer


class Bot:
    """A bot's process, which can be stopped and started again with what it has kept."""

    def __init__(self, name, command, folder):
        self.name = name
        self._command = command
        self._folder = folder
        self._process = None

    async def start(self):
        with open(self._folder / "bot.log", "ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, cwd=self._folder, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )

    async def stop(self):
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), STOP_MAX_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def remove(self):
        await self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def memory_mb(self):
        """Resident memory now."""
        self.check()
        status = pathlib.Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024

    def check(self):
        """Ends the benchmark if the bot has ended by itself, with its last words."""
        if self._process.returncode is not None:
            log = (self._folder / "bot.log").read_text(errors="replace").splitlines()[-30:]
            sys.exit(f"{self.name} ended with {self._process.returncode}:\n" + "\n".join(log))


def reference(homeserver, user, _group):
    """The bot that Beadle is compared with."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="reference-"))
    command = [sys.executable, HERE / "reference_bot.py", homeserver, user, PASSWORD, folder / "state"]
    return Bot("reference", command, folder)


def beadle(binary, homeserver, user, group):
    """Beadle as an operator starts it."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="beadle-"))
    (folder / "password").write_text(PASSWORD + "\n")
    (folder / "password").chmod(0o600)
    (folder / "beadle.toml").write_text(beadle_config(homeserver, user, group))
    return Bot("beadle", [binary, "--config", "beadle.toml"], folder)


def beadle_config(homeserver, user, group):
    """A configuration under which each of the six words is deleted, and all else is as it comes."""
    text = json.dumps  # strings and lists of strings are written alike in TOML
    return f"""data_dir = "data"

[[matrix]]
id = "bench"
homeserver = {text(homeserver)}
user = {text(user)}
password_file = "password"

[[groups]]
id = "bench"
name = "Benchmark"
platform = "matrix"
contact = "secretary@bench.example"
officers = [{{ member = {text(group.officer)}, roles = ["moderator", "admin", "secretary"] }}]

[groups.policy]
preset = "strict"

[groups.matrix]
account = "bench"
rooms = {text([group.room, group.encrypted])}
management_room = {text(group.management_room)}

[groups.breaker]
enabled = false
"""


class EncryptingMember:
    """A member played by matrix-nio, as in the tests."""

    async def start(self, homeserver, user):
        self.user = user
        self._folder = tempfile.mkdtemp(prefix="member-")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            MEMBERS / "nio_member.py",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=open(pathlib.Path(self._folder) / "errors.log", "wb"),
            limit=1 << 24,
        )
        self._numbers = itertools.count(1)
        await self._ask("start", homeserver=homeserver, user=user, password=PASSWORD, store=self._folder)

    async def stop(self):
        self._process.stdin.close()
        await self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def join(self, room):
        await self._ask("join", room=room)

    async def wait_for_member(self, room, user):
        await self._ask("member", room=room, user=user, timeout_ms=60_000)

    async def say(self, room, text):
        content = {"msgtype": "m.text", "body": text}
        return await self._ask("send", room=room, type="m.room.message", content=content)

    async def _ask(self, op, **request):
        """One at a time, so the next answer is ours."""
        line = json.dumps({"id": next(self._numbers), "op": op, **request}) + "\n"
        self._process.stdin.write(line.encode())
        answer = json.loads(await self._process.stdout.readline())
        if "error" in answer:
            sys.exit(f"{op} by the encrypting member: {answer['error']}")
        return answer["ok"]
