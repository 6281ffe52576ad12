"""A member played by matrix-nio: encrypts and decrypts, and has no cross-signing, like an old or unsigned client.

Reads requests {"id", "op", ...} as lines of JSON and answers {"id", "ok"} or {"id", "error"}. The operations are those of
js_member.mjs, with the same arguments and answers; `../it/member.rs` says what each does. Ends with its input.
"""

import asyncio
import json
import os
import sys

from nio import AsyncClient, AsyncClientConfig, MegolmEvent, RoomKeyEvent
from nio.responses import ErrorResponse

# Lines of requests: an event has at most 64 KiB, a little more as JSON in JSON.
LINE_LEN_MAX = 1 << 20
# How long an invitation may take to come, on a busy machine.
JOIN_MS = 120_000
FILTER = {"room": {"timeline": {"limit": 100}}, "presence": {"not_types": ["*"]}}


def checked(answer):
    """The answer, unless it is a refusal: nio returns those."""
    if isinstance(answer, ErrorResponse):
        raise RuntimeError(f"{answer.status_code}: {answer.message}")
    return answer


class Member:
    def __init__(self):
        self.client = None
        self.seen = {}  # event id -> entry, in the order of arrival
        self.unread = {}  # event id -> the event, while its key is missing
        self.kept_back = {}  # event id -> (users, content of the room key)
        self.accepts = True
        self.changed = asyncio.Condition()

    # What comes in ---------------------------------------------------------------------------------------------------

    async def note(self, room, event):
        source = event.source
        if "event_id" not in source:  # the state shown with an invitation
            return
        entry = {
            "room": room.room_id,
            "event": source["event_id"],
            "sender": source["sender"],
            "type": source["type"],
            "state_key": source.get("state_key"),
            "content": source.get("content", {}),
            "at": source.get("origin_server_ts"),
            "encrypted": bool(getattr(event, "decrypted", False)) or isinstance(event, MegolmEvent),
            "redacted": "redacted_because" in source.get("unsigned", {}),
            "redaction": source.get("unsigned", {}).get("redacted_because"),
            "undecryptable": None,
        }
        if isinstance(event, MegolmEvent):
            entry["undecryptable"] = "no key"
            self.unread[event.event_id] = event
        self.seen[entry["event"]] = entry
        if entry["type"] == "m.room.redaction":
            self.take_away(source)
        await self.tell()

    def take_away(self, source):
        target = source.get("redacts") or source.get("content", {}).get("redacts")
        entry = self.seen.get(target)
        if entry:
            entry.update(redacted=True, redaction=source, content={}, undecryptable=None)
            self.unread.pop(target, None)

    async def read_late(self, _):
        for event in list(self.unread.values()):
            try:
                decrypted = self.client.decrypt_event(event)
            except Exception:
                continue
            del self.unread[event.event_id]
            source = decrypted.source
            self.seen[event.event_id].update(
                type=source.get("type"), content=source.get("content", {}), undecryptable=None
            )
        await self.tell()

    async def after_sync(self, _):
        if self.accepts:
            for room in list(self.client.invited_rooms):
                await self.client.join(room)
        await self.tell()

    async def tell(self):
        async with self.changed:
            self.changed.notify_all()

    async def until(self, look, timeout_ms):
        async with self.changed:
            async with asyncio.timeout(timeout_ms / 1000):
                while not (found := look()):
                    await self.changed.wait()
        return found

    # Operations ------------------------------------------------------------------------------------------------------

    async def op_start(self, homeserver, user, password, store):
        config = AsyncClientConfig(store_sync_tokens=False, encryption_enabled=True)
        self.client = AsyncClient(homeserver, user, store_path=store, config=config)
        checked(await self.client.login(password, device_name="nio"))
        self.client.add_event_callback(self.note, None)
        self.client.add_to_device_callback(self.read_late, RoomKeyEvent)
        self.client.add_response_callback(self.after_sync)
        checked(await self.client.sync(timeout=0, sync_filter=FILTER, full_state=True))
        if self.client.should_upload_keys:
            checked(await self.client.keys_upload())
        syncing = asyncio.create_task(self.client.sync_forever(timeout=30_000, sync_filter=FILTER))
        syncing.add_done_callback(stop_with_reason)
        return {"user": self.client.user_id, "device": self.client.device_id}

    async def op_join(self, room):
        await self.until(lambda: room in self.client.invited_rooms or room in self.client.rooms, JOIN_MS)
        checked(await self.client.join(room))
        return await self.until(lambda: room in self.client.rooms, JOIN_MS)

    async def op_send(self, room, type, content):
        # Who joined a moment ago has devices that nio has not asked for yet.
        if self.client.should_query_keys:
            checked(await self.client.keys_query())
        sent = await self.client.room_send(room, type, content, ignore_unverified_devices=True)
        return checked(sent).event_id

    async def op_redact(self, room, event, reason=None):
        return checked(await self.client.room_redact(room, event, reason)).event_id

    async def op_timeline(self, room):
        return [entry for entry in self.seen.values() if entry["room"] == room]

    async def op_wait(self, timeout_ms, **wanted):
        try:
            return await self.until(lambda: self.find(wanted), timeout_ms)
        except TimeoutError:
            raise RuntimeError(f"nothing like {wanted} came in {timeout_ms} ms") from None

    async def op_rooms(self):
        invited = [{"room": id, "from": room.inviter} for id, room in self.client.invited_rooms.items()]
        return {"joined": list(self.client.rooms), "invited": invited}

    async def op_invited(self, timeout_ms, sender=None):
        def look():
            rooms = self.client.invited_rooms.items()
            return next((id for id, room in rooms if sender in (None, room.inviter)), None)

        return await self.until(look, timeout_ms)

    async def op_member(self, room, user, timeout_ms):
        def look():
            known = self.client.rooms.get(room)
            return known and user in known.users and user not in known.invited_users

        return await self.until(look, timeout_ms)

    async def op_accept_invites(self, yes):
        self.accepts = yes

    async def op_leave(self, room):
        checked(await self.client.room_leave(room))

    async def op_name(self, name):
        checked(await self.client.set_displayname(name))

    async def op_exclude_insecure(self, yes):
        if yes:
            raise RuntimeError("nio knows no cross-signing")

    async def op_send_unread(self, room, type, content, keep_from):
        """Sends with a key of its own that `keep_from`, a user, gets only by `hand_over`."""
        client, olm = self.client, self.client.olm
        if client.should_query_keys:
            checked(await client.keys_query())
        devices = list(olm.device_store.active_user_devices(keep_from))
        if not devices:
            raise RuntimeError(f"{keep_from} has no device with encryption")
        olm.create_outbound_group_session(room)
        session = olm.outbound_group_sessions[room]
        key = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "room_id": room,
            "session_id": session.id,
            "session_key": session.session_key,
        }
        for device in devices:
            olm.blacklist_device(device)
        event = await self.op_send(room, type, content)
        for device in devices:
            olm.unblacklist_device(device)
        # What is sent next has a key that everybody gets.
        olm.rotate_outbound_group_session(room)
        self.kept_back[event] = (keep_from, key)
        return event

    async def op_hand_over(self, event):
        """Gives the key of an event sent with `send_unread` to the user it was kept from."""
        user, key = self.kept_back.pop(event)
        olm = self.client.olm
        if missing := olm.get_missing_sessions([user]):
            checked(await self.client.keys_claim(missing))
        messages = {}
        for device in olm.device_store.active_user_devices(user):
            session = olm.session_store.get(device.curve25519)
            messages[device.id] = olm._olm_encrypt(session, device, "m.room_key", key)
        path = f"/_matrix/client/v3/sendToDevice/m.room.encrypted/{os.urandom(8).hex()}"
        headers = {"Authorization": f"Bearer {self.client.access_token}"}
        body = json.dumps({"messages": {user: messages}})
        answer = await self.client.send("PUT", path, body, headers)
        if answer.status != 200:
            raise RuntimeError(await answer.text())

    # -----------------------------------------------------------------------------------------------------------------

    def find(self, wanted):
        """The first entry that has all of what is wanted, of those that the server had after the event `after`."""
        wanted = dict(wanted)
        contains, after = wanted.pop("contains", None), wanted.pop("after", None)
        entries = list(self.seen.values())
        if after is not None:
            # One sync brings what happened meanwhile room by room, and not in its order.
            since = self.seen[after]["at"] if after in self.seen else None
            later = (entry for entry in entries if entry["event"] != after and entry["at"] >= since)
            entries = list(later) if since is not None else []
        for entry in entries:
            if "undecryptable" in wanted and wanted["undecryptable"] != (entry["undecryptable"] is not None):
                continue
            if any(entry[key] != value for key, value in wanted.items() if key != "undecryptable"):
                continue
            if contains is None or contains in compact(entry["content"]):
                return entry
        return None

    async def answer(self, request):
        id, op = request.pop("id"), request.pop("op")
        try:
            answer = {"id": id, "ok": await getattr(self, f"op_{op}")(**request)}
        except Exception as error:
            answer = {"id": id, "error": f"{type(error).__name__}: {error}"}
        if answer.get("ok") is True:
            answer["ok"] = None
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def compact(content):
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def stop_with_reason(task):
    """A member who hears nothing any more would only let a test wait in vain."""
    if not task.cancelled():
        sys.stderr.write(f"the sync ended: {task.exception()!r}\n")
        sys.stderr.flush()
        os._exit(1)


async def main():
    member, running = Member(), set()
    lines = asyncio.StreamReader(limit=LINE_LEN_MAX)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    while line := await lines.readline():
        task = asyncio.create_task(member.answer(json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)
    os._exit(0)


asyncio.run(main())
