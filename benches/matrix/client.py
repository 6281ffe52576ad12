"""A small Matrix client over plain requests: for the members of the benchmark, who watches them, and the reference bot."""

import asyncio
import itertools
import json
from urllib.parse import quote

import aiohttp

POLL_MS = 30_000
# The most that Synapse gives of a room at once.
TIMELINE_MAX = 100
FILTER = {"room": {"timeline": {"limit": TIMELINE_MAX}}, "presence": {"not_types": ["*"]}}


class Refused(Exception):
    """The server did not do what was asked."""

    def __init__(self, path, status, answer):
        super().__init__(f"{path}: {status} {answer}")
        self.answer = answer


class Client:
    """Somebody who is logged in; close it in the end."""

    def __init__(self, homeserver, user, token):
        self.user = user
        self._base = homeserver
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=aiohttp.ClientTimeout(total=None),
        )
        self._transactions = itertools.count()

    @classmethod
    async def log_in(cls, homeserver, user, password):
        async with Anybody(homeserver) as anybody:
            answer = await anybody.ask(
                "POST",
                "/_matrix/client/v3/login",
                {
                    "type": "m.login.password",
                    "identifier": {"type": "m.id.user", "user": user},
                    "password": password,
                },
            )
        return cls(homeserver, answer["user_id"], answer["access_token"])

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.close()

    async def close(self):
        await self._session.close()

    async def ask(self, method, path, body=None, **query):
        """Gives the answer, after waiting as long as the server asks for."""
        query = {name: str(value) for name, value in query.items() if value is not None}
        data = None if body is None else json.dumps(body)
        while True:
            async with self._session.request(method, self._base + path, data=data, params=query) as response:
                answer = await response.json(content_type=None)
            if response.status == 200:
                return answer
            if response.status != 429:
                raise Refused(path, response.status, answer)
            await asyncio.sleep(answer.get("retry_after_ms", 1000) / 1000)

    async def v3(self, method, path, body=None, **query):
        return await self.ask(method, "/_matrix/client/v3" + path, body, **query)

    async def say(self, room, text):
        """Sends a text and gives the event's id."""
        path = f"/rooms/{quote(room)}/send/m.room.message/{next(self._transactions)}"
        return (await self.v3("PUT", path, {"msgtype": "m.text", "body": text}))["event_id"]

    async def redact(self, room, event):
        await self.v3("PUT", f"/rooms/{quote(room)}/redact/{quote(event)}/{next(self._transactions)}", {})

    async def create_room(self, **request):
        answer = await self.v3("POST", "/createRoom", {"preset": "private_chat", **request})
        return answer["room_id"]

    async def join(self, room):
        await self.v3("POST", f"/join/{quote(room)}", {})

    async def news(self, since):
        """What came after `since`, as pairs of room and event in their order, and the token for the next time.

        Waits until there is something. What the server left out of a busy room is fetched.
        """
        answer = await self.v3(
            "GET", "/sync", since=since, timeout=POLL_MS if since else 0, filter=json.dumps(FILTER)
        )
        events = []
        for room, joined in answer.get("rooms", {}).get("join", {}).items():
            timeline = joined["timeline"]
            if since and timeline.get("limited"):
                events += [(room, event) for event in await self._gap(room, timeline["prev_batch"], since)]
            events += [(room, event) for event in timeline["events"]]
        return events, answer["next_batch"]

    async def _gap(self, room, newest, oldest):
        found = []
        while newest:
            page = await self.v3(
                "GET", f"/rooms/{quote(room)}/messages", dir="b", limit=1000, to=oldest, **{"from": newest}
            )
            found += page["chunk"]
            newest = page.get("end") if page["chunk"] else None
        return reversed(found)


class Anybody(Client):
    """Somebody who is not logged in."""

    def __init__(self, homeserver):
        super().__init__(homeserver, None, None)


def redacted_by(event):
    """The id of the event that this one redacts: new rooms have it in the content."""
    if event["type"] != "m.room.redaction":
        return None
    return event.get("redacts") or event["content"].get("redacts")
