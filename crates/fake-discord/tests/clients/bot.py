"""A moderation bot on discord.py, which nobody here wrote: it must get along with the fake as it does with Discord.

Reads requests {"id", "op", ...} as lines of JSON and answers {"id", "ok"} or {"id", "error"}; what it hears of comes as
lines {"event", ...} in between. Ends with its input. The library is unchanged: only its addresses are set, and nothing
but loopback can be connected to.
"""

import asyncio
import datetime
import json
import sys

import aiohttp
import discord
import discord.gateway
import discord.http
import yarl
from discord import app_commands

out = sys.stdout


def tell(**line):
    out.write(json.dumps(line) + "\n")
    out.flush()


class Loopback(aiohttp.TCPConnector):
    """Connects to this machine and nowhere else."""

    async def _resolve_host(self, host, port, traces=None):
        if host != "127.0.0.1":
            raise OSError(f"{host} is not this machine")
        return await super()._resolve_host(host, port, traces)


class Appeal(discord.ui.Modal, title="Appeal"):
    why = discord.ui.TextInput(label="Why?", custom_id="why", style=discord.TextStyle.paragraph)

    async def on_submit(self, interaction):
        tell(event="appeal", user=str(interaction.user.id), why=self.why.value)
        await interaction.response.send_message(f"Thank you: {self.why.value}", ephemeral=True)


class Notice(discord.ui.View):
    def __init__(self):
        super().__init__(timeout=None)

    @discord.ui.button(label="Appeal", custom_id="appeal:B-0042", style=discord.ButtonStyle.primary)
    async def appeal(self, interaction, button):
        await interaction.response.send_modal(Appeal())

    @discord.ui.select(custom_id="rule", options=[discord.SelectOption(label=f"Rule {n}", value=str(n)) for n in (1, 2)])
    async def rule(self, interaction, select):
        await interaction.response.edit_message(content=f"Under rule {select.values[0]}", view=None)


def message_of(message):
    return {
        "id": str(message.id),
        "type": message.type.value,
        "content": message.content,
        "author": str(message.author.id),
        "webhook": message.webhook_id is not None,
        "flags": message.flags.value,
        "embeds": [[embed.title, embed.description] for embed in message.embeds],
        "files": [[file.filename, file.description, file.title] for file in message.attachments],
        "stickers": [sticker.name for sticker in message.stickers],
        "poll": message.poll and [message.poll.question, [answer.text for answer in message.poll.answers]],
        "forwarded": [snapshot.content for snapshot in message.message_snapshots],
        "texts": [one.content for one in message.components if isinstance(one, discord.TextDisplay)],
        "answers": message.reference and message.type == discord.MessageType.reply and str(message.reference.message_id),
        "invoker": message.interaction_metadata and str(message.interaction_metadata.user.id),
        "mentions": sorted(str(user.id) for user in message.mentions),
        "guild": message.guild and str(message.guild.id),
    }


class Bot(discord.Client):
    def __init__(self):
        intents = discord.Intents.all()
        intents.presences = False
        super().__init__(intents=intents, connector=Loopback())
        self.tree = app_commands.CommandTree(self)
        self.add_commands()

    def add_commands(self):
        @self.tree.command(description="What is on record about a member")
        @app_commands.describe(member="Who", case="Which case")
        async def record(interaction, member: discord.Member, case: str = "none"):
            tell(event="record", by=str(interaction.user.id), member=str(member.id), case=case)
            await interaction.response.send_message(f"Case {case}", ephemeral=True, view=Notice())

        @record.autocomplete("case")
        async def cases(interaction, current):
            return [app_commands.Choice(name=name, value=name) for name in ("B-0041", "B-0042") if name.startswith(current)]

        @self.tree.command(description="Takes its time")
        async def slow(interaction):
            await interaction.response.defer()
            await interaction.followup.send("Done")
            await interaction.followup.send("And more")
            await interaction.edit_original_response(content="Done indeed")

        group = app_commands.Group(name="rules", description="The rules")

        @group.command(description="Shows one")
        async def show(interaction, number: int):
            await interaction.response.send_message(f"Rule {number}")

        self.tree.add_command(group)

        @self.tree.context_menu(name="Report to moderators")
        async def report(interaction, message: discord.Message):
            tell(event="report", by=str(interaction.user.id), content=message.content, author=str(message.author.id))
            await interaction.response.send_message("Reported", ephemeral=True)

        @self.tree.context_menu(name="Show record")
        async def of_user(interaction, user: discord.Member):
            tell(event="of_user", user=str(user.id))
            await interaction.response.send_message("Shown", ephemeral=True)

    async def on_ready(self):
        members = {str(guild.id): sorted(str(member.id) for member in guild.members) for guild in self.guilds}
        tell(event="ready", user=str(self.user.id), members=members)

    async def on_resumed(self):
        tell(event="resumed")

    async def on_message(self, message):
        if message.author.id != self.user.id:
            tell(event="message", message=message_of(message))

    async def on_raw_message_edit(self, payload):
        is_words = payload.data.get("edited_timestamp") is not None
        tell(event="edit", id=str(payload.message_id), content=payload.data.get("content"), words=is_words)

    async def on_raw_message_delete(self, payload):
        tell(event="delete", id=str(payload.message_id))

    async def on_raw_bulk_message_delete(self, payload):
        tell(event="bulk", ids=sorted(str(one) for one in payload.message_ids))

    async def on_raw_reaction_add(self, payload):
        tell(event="reaction", user=str(payload.user_id), emoji=str(payload.emoji))

    async def on_member_join(self, member):
        tell(event="join", user=str(member.id))

    async def on_raw_member_remove(self, payload):
        tell(event="gone", user=str(payload.user.id))

    async def on_member_update(self, before, after):
        tell(event="member", user=str(after.id), nick=after.nick, out=after.is_timed_out(), roles=len(after.roles) - 1)

    async def on_member_ban(self, guild, user):
        tell(event="ban", user=str(user.id))

    async def on_member_unban(self, guild, user):
        tell(event="unban", user=str(user.id))

    async def on_thread_create(self, thread):
        tell(event="thread", id=str(thread.id), name=thread.name)

    async def on_raw_thread_update(self, payload):
        tell(event="thread_update", id=str(payload.thread_id), name=payload.data["name"])

    async def on_audit_log_entry_create(self, entry):
        tell(event="audit", action=entry.action.value, by=str(entry.user_id), reason=entry.reason)

    async def on_automod_action(self, execution):
        tell(event="automod", user=str(execution.user_id), content=execution.content, action=execution.action.type.value)

    async def on_error(self, method, *args, **kwargs):
        tell(event="error", where=method, what=repr(sys.exc_info()[1]))

    # What the test asks for -------------------------------------------------------------------------------------------

    def channel_of(self, request):
        return self.get_partial_messageable(int(request["channel"]))

    def guild_of(self, request):
        return self.get_guild(int(request["guild"]))

    async def op_sync(self, request):
        return [command.name for command in await self.tree.sync()]

    async def op_send(self, request):
        mentions = discord.AllowedMentions.none() if request.get("silent") else None
        nonce = request.get("nonce")
        message = await self.channel_of(request).send(request["text"], allowed_mentions=mentions, nonce=nonce)
        return str(message.id)

    async def op_send_file(self, request):
        import io

        file = discord.File(io.BytesIO(b"evidence"), "evidence.txt", description="what was said")
        embed = discord.Embed(title="Case").add_field(name="Rule", value="3")
        return str((await self.channel_of(request).send(file=file, embed=embed)).id)

    async def op_dm(self, request):
        user = await self.fetch_user(int(request["user"]))
        message = await user.send(request["text"], view=Notice())
        return [str(message.channel.id), str(message.id)]

    async def op_edit(self, request):
        message = self.channel_of(request).get_partial_message(int(request["message"]))
        return (await message.edit(content=request["text"])).content

    async def op_delete(self, request):
        await self.channel_of(request).get_partial_message(int(request["message"])).delete()

    async def op_bulk(self, request):
        channel = self.get_channel(int(request["channel"]))
        await channel.delete_messages([discord.Object(int(one)) for one in request["messages"]], reason="a raid")

    async def op_history(self, request):
        after = discord.Object(int(request["after"])) if "after" in request else None
        return [message_of(one) async for one in self.channel_of(request).history(limit=None, after=after)]

    async def op_react(self, request):
        message = self.channel_of(request).get_partial_message(int(request["message"]))
        await message.add_reaction("✅")
        await message.clear_reaction("👍")

    async def op_ban(self, request):
        guild = self.guild_of(request)
        await guild.ban(discord.Object(int(request["user"])), reason="B-0042: rule 3 — é", delete_message_seconds=0)
        return [[str(entry.user.id), entry.reason] async for entry in guild.bans()]

    async def op_unban(self, request):
        await self.guild_of(request).unban(discord.Object(int(request["user"])))

    async def op_time_out(self, request):
        member = await self.guild_of(request).fetch_member(int(request["user"]))
        # Of the fake's time, which the test says.
        until = datetime.datetime.fromisoformat(request["until"])
        await member.edit(timed_out_until=until, nick="renamed", reason="B-0042")

    async def op_role(self, request):
        guild = self.guild_of(request)
        role = await guild.create_role(name="Suspended", permissions=discord.Permissions.none(), reason="set-up")
        member = await guild.fetch_member(int(request["user"]))
        await member.add_roles(role, reason="B-0042")
        channel = await guild.create_text_channel("appeals")
        await channel.set_permissions(role, view_channel=True, send_messages=True)
        await channel.set_permissions(guild.default_role, view_channel=False)
        return [str(role.id), str(channel.id)]

    async def op_thread(self, request):
        channel = self.get_channel(int(request["channel"]))
        thread = await channel.create_thread(name="Notice", type=discord.ChannelType.private_thread, invitable=False)
        await thread.add_user(discord.Object(int(request["user"])))
        await thread.send("A notice")
        await thread.edit(archived=True, locked=True)
        archived = [one.name async for one in channel.archived_threads(private=True)]
        return [str(thread.id), archived]

    async def op_audit(self, request):
        return [[entry.action.value, str(entry.user_id), entry.reason] async for entry in self.guild_of(request).audit_logs()]

    async def op_invite(self, request):
        channel = self.get_channel(int(request["channel"]))
        invite = await channel.create_invite(max_age=3600, max_uses=1, unique=True, reason="B-0042")
        return invite.code

    async def op_members(self, request):
        guild = self.guild_of(request)
        found = [str(member.id) async for member in guild.fetch_members(limit=None)]
        return [found, [str(member.id) for member in await guild.query_members("an")]]

    async def op_about(self, request):
        info = await self.application_info()
        guild = self.guild_of(request)
        await guild.fetch_channels()
        await guild.fetch_roles()
        rules = await guild.fetch_automod_rules()
        webhooks = await guild.webhooks()
        return [info.name, info.flags.gateway_message_content_limited, len(rules), len(webhooks)]


async def main():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    start = json.loads(await reader.readline())
    discord.http.Route.BASE = start["base"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(start["gateway"])
    bot = Bot()
    running = asyncio.create_task(bot.start(start["token"]))
    running.add_done_callback(lambda task: tell(event="ended", why=repr(task.exception())))

    async def serve(request):
        try:
            tell(id=request["id"], ok=await getattr(bot, "op_" + request["op"])(request))
        except discord.HTTPException as error:
            tell(id=request["id"], error=f"{error.status} {error.code}")
        except Exception as error:
            tell(id=request["id"], error=repr(error))

    tasks = set()
    while line := await reader.readline():
        task = asyncio.create_task(serve(json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await bot.close()


asyncio.run(main())
