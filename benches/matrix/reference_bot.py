"""The least that a bot has to do: redact each message whose body holds one of six words.

It follows /sync, fetches what was left out, and redacts with several workers, so that it is about as fast as a bot can be
that asks the server for everything and misses nothing. No encryption, no ledger, no notice.

Usage: reference_bot.py HOMESERVER USER PASSWORD STATE, where STATE is the file that says how far it has read.
"""

import asyncio
import pathlib
import sys

from client import Client, Refused

WORDS = ("fuck", "cunt", "wanker", "twat", "bastard", "motherfucker")
WORKERS = 8


def is_listed(event):
    body = event["content"].get("body")
    return event["type"] == "m.room.message" and isinstance(body, str) and any(w in body for w in WORDS)


async def redact(client, queue):
    while True:
        room, event = await queue.get()
        try:
            await client.redact(room, event["event_id"])
        except Refused as error:
            print(error, file=sys.stderr)
        queue.task_done()


async def main(homeserver, user, password, state):
    state = pathlib.Path(state)
    since = state.read_text() if state.exists() else None
    async with await Client.log_in(homeserver, user, password) as client, asyncio.TaskGroup() as tasks:
        queue = asyncio.Queue()
        for _ in range(WORKERS):
            tasks.create_task(redact(client, queue))
        while True:
            events, since = await client.news(since)
            for room, event in events:
                if is_listed(event):
                    queue.put_nowait((room, event))
            # Stopped in the middle, it must not begin with half a token.
            written = state.with_suffix(".new")
            written.write_text(since)
            written.replace(state)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
