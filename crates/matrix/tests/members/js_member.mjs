// A member played by matrix-js-sdk, the library of Element Web: its device is cross-signed, and it excludes insecure
// devices (MSC4153) unless told otherwise.
//
// Reads requests {"id", "op", ...} as lines of JSON and answers {"id", "ok"} or {"id", "error"}. The operations are those
// of nio_member.py, with the same arguments and answers; `../it/member.rs` says what each does. Ends with its input.
//
// Usage: js_member.mjs FOLDER, the one with node_modules.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// The library asks for Node 22 and needs this of it.
Promise.withResolvers ??= () => {
  let resolve, reject;
  const promise = new Promise((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
};

// The library writes what it thinks to the console; answers have the standard output to themselves.
for (const level of ["log", "info", "debug", "trace", "warn"]) console[level] = console.error;

const folder = createRequire(`${process.argv[2]}/package.json`);
const load = (name) => import(pathToFileURL(folder.resolve(name)));
const { createClient, ClientEvent, MatrixEventEvent, RoomEvent } = await load("matrix-js-sdk");
const { AllDevicesIsolationMode, OnlySignedDevicesIsolationMode } = await load("matrix-js-sdk/lib/crypto-api/index.js");

// How long an invitation may take to come, on a busy machine.
const JOIN_MS = 120_000;

let client;
let accepts = true;
// Events as the library holds them, in the order of arrival: it decrypts and redacts them in place.
const seen = new Set();
// Looks that found nothing yet; each is repeated when anything changes.
const waiting = new Set();

function tell() {
  for (const look of [...waiting]) look();
}

function until(look, timeoutMs, what) {
  return new Promise((resolve, reject) => {
    const end = setTimeout(() => {
      waiting.delete(again);
      reject(new Error(`nothing like ${what} came in ${timeoutMs} ms`));
    }, timeoutMs);
    const again = () => {
      const found = look();
      if (!found) return;
      waiting.delete(again);
      clearTimeout(end);
      resolve(found);
    };
    waiting.add(again);
    again();
  });
}

function entry(event) {
  const redaction = event.getUnsigned().redacted_because;
  return {
    room: event.getRoomId(),
    event: event.getId(),
    sender: event.getSender(),
    type: event.getType(),
    state_key: event.getStateKey() ?? null,
    content: event.getOriginalContent(),
    at: event.getTs(),
    encrypted: event.isEncrypted(),
    redacted: event.isRedacted(),
    redaction: redaction?.getEffectiveEvent?.() ?? redaction ?? null,
    undecryptable: event.isDecryptionFailure() ? String(event.decryptionFailureReason) : null,
  };
}

// What the server has, without echoes of what is still being sent.
function entries() {
  return [...seen].filter((event) => event.status === null).map(entry);
}

function find({ contains, after, undecryptable, ...wanted }) {
  let all = entries();
  if (after !== undefined) {
    // One sync brings what happened meanwhile room by room, and not in its order.
    const since = all.find((one) => one.event === after)?.at;
    all = since === undefined ? [] : all.filter((one) => one.event !== after && one.at >= since);
  }
  return all.find(
    (one) =>
      (undecryptable === undefined || undecryptable === (one.undecryptable !== null)) &&
      Object.entries(wanted).every(([key, value]) => one[key] === value) &&
      (contains === undefined || JSON.stringify(one.content).includes(contains)),
  );
}

function roomsIn(membership) {
  return client.getRooms().filter((room) => room.getMyMembership() === membership);
}

function inviter(room) {
  return room.getMember(client.getUserId())?.events.member?.getSender() ?? null;
}

async function acceptAll() {
  if (!accepts) return;
  for (const room of roomsIn("invite")) await client.joinRoom(room.roomId);
}

const operations = {
  async start({ homeserver, user, password }) {
    const identifier = { type: "m.id.user", user };
    const answer = await fetch(`${homeserver}/_matrix/client/v3/login`, {
      method: "POST",
      body: JSON.stringify({ type: "m.login.password", identifier, password, initial_device_display_name: "js" }),
    });
    const login = await answer.json();
    if (!answer.ok) throw new Error(JSON.stringify(login));
    client = createClient({
      baseUrl: homeserver,
      userId: login.user_id,
      deviceId: login.device_id,
      accessToken: login.access_token,
    });
    client.on(RoomEvent.Timeline, (event, room, toStart, removed) => {
      if (!removed) seen.add(event);
      tell();
    });
    for (const change of [RoomEvent.Redaction, RoomEvent.LocalEchoUpdated, RoomEvent.MyMembership]) {
      client.on(change, tell);
    }
    client.on(MatrixEventEvent.Decrypted, tell);
    client.on(RoomEvent.MyMembership, () => acceptAll().catch((error) => console.error(error)));
    await client.initRustCrypto({ useIndexedDB: false });
    const crypto = client.getCrypto();
    crypto.setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
    await crypto.bootstrapCrossSigning({
      authUploadDeviceSigningKeys: (upload) => upload({ type: "m.login.password", identifier, password }),
    });
    const prepared = new Promise((resolve) => {
      client.on(ClientEvent.Sync, (state) => {
        if (state === "PREPARED") resolve();
        tell();
      });
    });
    await client.startClient({ initialSyncLimit: 100, lazyLoadMembers: false });
    await prepared;
    return { user: login.user_id, device: login.device_id };
  },

  async join({ room }) {
    const known = (membership) => client.getRoom(room)?.getMyMembership() === membership;
    await until(() => known("invite") || known("join"), JOIN_MS, "an invitation");
    await client.joinRoom(room);
    await until(() => known("join"), JOIN_MS, "the room");
  },

  async send({ room, type, content }) {
    return (await client.sendEvent(room, type, content)).event_id;
  },

  async redact({ room, event, reason }) {
    return (await client.redactEvent(room, event, undefined, { reason })).event_id;
  },

  async timeline({ room }) {
    return entries().filter((one) => one.room === room);
  },

  async wait({ timeout_ms, ...wanted }) {
    return until(() => find(wanted), timeout_ms, JSON.stringify(wanted));
  },

  async rooms() {
    const invited = roomsIn("invite").map((room) => ({ room: room.roomId, from: inviter(room) }));
    return { joined: roomsIn("join").map((room) => room.roomId), invited };
  },

  async invited({ timeout_ms, sender }) {
    const look = () => roomsIn("invite").find((room) => sender === undefined || inviter(room) === sender)?.roomId;
    return until(look, timeout_ms, "an invitation");
  },

  async member({ room, user, timeout_ms }) {
    await until(() => client.getRoom(room)?.getMember(user)?.membership === "join", timeout_ms, "the member");
  },

  async accept_invites({ yes }) {
    accepts = yes;
  },

  async leave({ room }) {
    await client.leave(room);
  },

  async name({ name }) {
    await client.setDisplayName(name);
  },

  async exclude_insecure({ yes }) {
    const mode = yes ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false);
    client.getCrypto().setDeviceIsolationMode(mode);
  },
};

async function answer({ id, op, ...rest }) {
  let line;
  try {
    if (!operations[op]) throw new Error(`matrix-js-sdk does not do ${op}`);
    line = { id, ok: (await operations[op](rest)) ?? null };
  } catch (error) {
    line = { id, error: String(error) };
  }
  process.stdout.write(JSON.stringify(line) + "\n");
}

const lines = createInterface({ input: process.stdin, terminal: false });
lines.on("line", (line) => answer(JSON.parse(line)));
lines.on("close", () => process.exit(0));
