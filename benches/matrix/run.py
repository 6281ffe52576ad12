"""Measures how soon a listed word is gone, beside a minimal reference bot in the same run.

    cargo test -p beadle-matrix --test it bed          # once: gets Synapse and the clients
    cargo build --profile dist
    python3 benches/matrix/run.py --bot target/dist/beadle

Without --bot, the reference alone. Ten minutes or so with both and three rounds. Starts a Synapse with limits lifted on
loopback; the bots take turns, each with an account and rooms of its own. Look at the ratios: other work on the machine
slows both, and even so several rounds are needed. `--json FILE` keeps every figure of every round.

What is measured, each round, in a room with ten members and one more who watches:
  first start       from starting the process to the first redaction the watcher sees; a new account
  one at a time     from just before a member sends until the watcher has the redaction, by turns
  burst             all members send as fast as the server takes it, until the last redaction; and their own sends
  catching up       sent while the bot was down: from starting it to the first and to the last redaction
  encrypted         one at a time in an encrypted room, Beadle alone
  memory            resident, after all that
"""

import argparse
import asyncio
import functools
import json
import pathlib
import statistics
import sys
import time

sys.dont_write_bytecode = True  # nothing is left beside the sources

import tools  # noqa: E402

tools.enter()

import bed  # noqa: E402  (found there only, as is what it imports)
from client import Client, redacted_by  # noqa: E402

MEMBERS = 10
ONE_AT_A_TIME = 100
BURST_EACH = 20
DOWN_EACH = 50
ENCRYPTED = 20
# How long nothing may happen until what is missing counts as missed.
IDLE_MAX_S = 60
PROBE_EVERY_S = 0.2
# As in reference_bot.py; Beadle deletes each under the strict preset.
WORDS = ("fuck", "cunt", "wanker", "twat", "bastard", "motherfucker")

# Figure, unit, and the aim as the greatest ratio to the reference, the greatest value, or how many there are.
ROWS = [
    ("first start", "s", None),
    ("one at a time, median", "s", ("ratio", 1.15)),
    ("one at a time, p95", "s", None),
    ("one at a time, redacted", f"of {ONE_AT_A_TIME}", ("all", ONE_AT_A_TIME)),
    ("burst, to the last", "s", ("ratio", 1.2)),
    ("burst, redacted", f"of {MEMBERS * BURST_EACH}", ("all", MEMBERS * BURST_EACH)),
    # No slower, that is; with two equal bots the ratio is off by a tenth now and then.
    ("burst, members' sends, median", "s", ("ratio", 1.1)),
    ("burst, members' sends, p95", "s", None),
    ("restart to the first redaction", "s", None),
    ("catching up, to the last", "s", None),
    ("catching up, redacted", f"of {MEMBERS * DOWN_EACH}", ("all", MEMBERS * DOWN_EACH)),
    ("encrypted, median", "s", None),
    ("encrypted, redacted", f"of {ENCRYPTED}", ("all", ENCRYPTED)),
    ("memory", "MB", ("most", 60)),
]


class Watcher:
    """A member who sees when what is redacted."""

    def __init__(self, client):
        self.client = client
        self._redacted = {}  # event id -> when
        self._news = asyncio.Condition()
        self._task = None

    async def start(self):
        _, since = await self.client.news(None)
        self._task = asyncio.create_task(self._follow(since))

    async def stop(self):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self, since):
        while True:
            events, since = await self.client.news(since)
            now = time.monotonic()
            targets = {redacted_by(event) for _, event in events} - {None}
            async with self._news:
                for target in targets:
                    self._redacted.setdefault(target, now)
                if targets:
                    self._news.notify_all()

    async def when(self, events, enough=None):
        """When each of `events` went that did, once `enough` of them have, all unless said, or nothing more happens."""
        wanted, enough = set(events), enough or len(events)
        async with self._news:
            while True:
                if self._task.done():
                    self._task.result()
                gone = {event: self._redacted[event] for event in wanted & self._redacted.keys()}
                if len(gone) >= enough:
                    return gone
                try:
                    await asyncio.wait_for(self._news.wait(), IDLE_MAX_S)
                except TimeoutError:
                    return gone


def text(number):
    return f"this {WORDS[number % len(WORDS)]} agenda again, item {number}"


async def prepare(synapse, make_bot, members, watcher):
    """Rooms and an account for one bot; everybody is in them."""
    bot_user = await synapse.register("bot")
    powers = {"power_level_content_override": {"users": {bot_user: 50}}}
    everybody = [*members, watcher.client]
    async with await synapse.client("officer") as officer:
        invite = [bot_user, *(member.user for member in everybody)]
        room = await officer.create_room(name="Common room", invite=invite, **powers)
        encryption = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        encrypted = await officer.create_room(
            name="Back room", invite=[bot_user, watcher.client.user], initial_state=[encryption], **powers
        )
        management = await officer.create_room(name="Officers", invite=[bot_user], **powers)
        async with await Client.log_in(synapse.url, bot_user, bed.PASSWORD) as bot:
            for own in (room, encrypted, management):
                await bot.join(own)
            await bot.v3("POST", "/logout", {})
        for member in everybody:
            await member.join(room)
        await watcher.client.join(encrypted)
        group = bed.Group(room, encrypted, management, officer.user)
        return make_bot(synapse.url, bot_user, group), group


async def invite(synapse, group, user):
    """By the watcher: in a private chat, whoever is in may invite."""
    await synapse.v3("POST", f"/rooms/{group.encrypted}/invite", {"user_id": user})


async def first_start(bot, room, member, watcher):
    """Says something again and again, for nothing tells from outside when a bot has begun to look."""
    began = time.monotonic()
    await bot.start()
    probes = []
    while time.monotonic() - began < IDLE_MAX_S:
        bot.check()
        probes.append(await member.say(room, text(len(probes))))
        gone = asyncio.create_task(watcher.when(probes, enough=1))
        done, _ = await asyncio.wait([gone], timeout=PROBE_EVERY_S)
        if done:
            first = min(gone.result().values()) - began
            # What it has not seen in the meantime it never will: that was before its first look.
            return {"first start": first}
        gone.cancel()
    sys.exit(f"{bot.name} redacts nothing")


async def one_at_a_time(room, members, watcher, count):
    took = []
    for number in range(count):
        began = time.monotonic()
        event = await members[number % len(members)].say(room, text(number))
        gone = await watcher.when([event])
        took += [gone[event] - began] if gone else []
        if not took:
            sys.exit("the first of these is not redacted; is the bot all right?")
    return took


async def send_all(room, members, each):
    """Everybody sends one after the other, all at once. Gives the events, and how long each send took."""

    async def send(member, offset):
        sent = []
        for number in range(each):
            began = time.monotonic()
            event = await member.say(room, text(offset + number))
            sent.append((event, time.monotonic() - began))
        return sent

    sent = await asyncio.gather(*(send(member, each * n) for n, member in enumerate(members)))
    return zip(*[one for of_member in sent for one in of_member])


async def burst(room, members, watcher):
    began = time.monotonic()
    events, sends = await send_all(room, members, BURST_EACH)
    gone = await watcher.when(events)
    return {
        "burst, to the last": max(gone.values(), default=began) - began,
        "burst, redacted": len(gone),
        "burst, members' sends, median": statistics.median(sends),
        "burst, members' sends, p95": p95(sends),
    }


async def catching_up(bot, room, members, watcher):
    await bot.stop()
    events, _ = await send_all(room, members, DOWN_EACH)
    began = time.monotonic()
    await bot.start()
    gone = await watcher.when(events)
    bot.check()
    return {
        "restart to the first redaction": min(gone.values(), default=began) - began,
        "catching up, to the last": max(gone.values(), default=began) - began,
        "catching up, redacted": len(gone),
    }


async def encrypted(synapse, group, watcher):
    member = bed.EncryptingMember()
    await member.start(synapse.url, await synapse.register("encrypting"))
    try:
        await invite(watcher.client, group, member.user)
        await member.join(group.encrypted)
        await member.wait_for_member(group.encrypted, watcher.client.user)
        took = await one_at_a_time(group.encrypted, [member], watcher, ENCRYPTED)
    finally:
        await member.stop()
    return {"encrypted, median": statistics.median(took), "encrypted, redacted": len(took)}


async def measure(synapse, make_bot, members, watcher):
    """One round of one bot."""
    bot, group = await prepare(synapse, make_bot, members, watcher)
    try:
        figures = await first_start(bot, group.room, members[0], watcher)
        took = await one_at_a_time(group.room, members, watcher, ONE_AT_A_TIME)
        figures["one at a time, median"] = statistics.median(took)
        figures["one at a time, p95"] = p95(took)
        figures["one at a time, redacted"] = len(took)
        figures |= await burst(group.room, members, watcher)
        figures |= await catching_up(bot, group.room, members, watcher)
        if bot.name != "reference":
            figures |= await encrypted(synapse, group, watcher)
        figures["memory"] = bot.memory_mb()
        return bot.name, figures
    finally:
        await bot.remove()


async def rounds(makers, count):
    """All rounds; who goes first changes."""
    found = {}
    async with bed.Synapse() as synapse:
        members = [await synapse.client(f"member{n}") for n in range(MEMBERS)]
        watcher = Watcher(await synapse.client("watcher"))
        await watcher.start()
        try:
            for number in range(count):
                for make_bot in makers if number % 2 == 0 else reversed(makers):
                    name, figures = await measure(synapse, make_bot, members, watcher)
                    found.setdefault(name, []).append(figures)
                    print(f"round {number + 1}, {name}: {brief(figures)}", file=sys.stderr)
        finally:
            await watcher.stop()
            for client in [*members, watcher.client]:
                await client.close()
    return found


def p95(values):
    return statistics.quantiles(values, n=20)[-1]


def brief(figures):
    return ", ".join(f"{name} {value:.3g}" for name, value in figures.items())


def table(found):
    """The medians over the rounds, with ratios to the reference and what is aimed at."""

    def middle(bot, figure):
        values = [figures[figure] for figures in found.get(bot, []) if figure in figures]
        # Of counts, the least: one that was missed is missed.
        return (min(values) if "redacted" in figure else statistics.median(values)) if values else None

    yield f"{'':32} {'reference':>10} {'beadle':>10} {'ratio':>7}  aim"
    for figure, unit, aim in ROWS:
        beside, ours = middle("reference", figure), middle("beadle", figure)
        if beside is None and ours is None:
            continue
        shown = [f"{value:10.3g}" if value is not None else f"{'–':>10}" for value in (beside, ours)]
        # A ratio of counts would hide how many are missing.
        has_ratio = beside and ours is not None and not unit.startswith("of")
        ratio = f"{ours / beside:7.2f}" if has_ratio else f"{'':7}"
        yield f"{figure + ', ' + unit:32} {' '.join(shown)} {ratio}  {judged(aim, beside, ours)}".rstrip()


def judged(aim, beside, ours):
    if aim is None:
        return ""
    kind, bound = aim
    said = {"ratio": f"ratio at most {bound}", "all": f"all {bound}", "most": f"at most {bound}"}[kind]
    if ours is None or (kind == "ratio" and not beside):
        return said
    reached = {"ratio": lambda: ours / beside <= bound, "all": lambda: ours >= bound, "most": lambda: ours <= bound}
    return f"{said}: {'yes' if reached[kind]() else 'NO'}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bot", type=pathlib.Path, help="the binary of Beadle")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path, help="writes every figure of every round there")
    options = parser.parse_args()
    makers = [bed.reference]
    if options.bot:
        makers.append(functools.partial(bed.beadle, options.bot.resolve(strict=True)))
    found = asyncio.run(rounds(makers, options.rounds))
    print("\n".join(table(found)))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
