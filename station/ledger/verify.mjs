// Proves an exported ledger without any of the station's software: Node 20 or a browser, WebCrypto only.
//
//   node verify.mjs FILE [SEQ:HASH]
//
// FILE is the output of `station ledger export`; SEQ:HASH is an event that was published before, on a report's QR for
// instance. Exit code 0: one unbroken chain. 1: it is not, and the first bad event is named. 2: no such file.
// The bytes are those of docs/reference/ledger.md.

const GENESIS = "0".repeat(64);
const TEXTS = ["seq", "boot_id", "mono_ns", "at", "kind", "subject", "actor", "device", "body"];
const FIELDS = [...TEXTS, "version", "prev_hash", "hash"].sort().join();
const NUMBER = /^(0|[1-9][0-9]{0,18})$/;
const HASH = /^[0-9a-f]{64}$/;

const REASONS = {
  missing: (seq, more) => [`缺少事件 ${seq}：后面是 ${more}`, `event ${seq} is missing: ${more} follows`],
  cut: (seq, more) => [`台账在事件 ${seq - 1} 处结束，应到 ${more}`, `the ledger ends at event ${seq - 1}, where ${more} was reached before`],
  link: (seq) => [`事件 ${seq} 没有接在前一条事件之后`, `event ${seq} does not follow the event before it`],
  hash: (seq) => [`事件 ${seq} 的内容与其哈希值不符`, `event ${seq} is not what its hash was made of`],
  body: (seq) => [`事件 ${seq} 的正文不是规范格式`, `event ${seq} has a body that is not in canonical form`],
  anchor: (seq) => [`事件 ${seq} 的哈希值与已公布的不同：台账被整体重写`, `event ${seq} has another hash than was published: the ledger was written anew`],
  line: (seq) => [`第 ${seq} 行不是台账事件`, `line ${seq} is not an event of a ledger`],
};

/** Canonical JSON text of a value; throws on what has none: fractions, numbers beyond 53 bits, broken Unicode. */
export function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return integer(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const keys = Object.keys(value).sort(byCodePoint);
  return `{${keys.map((key) => `${text(key)}:${canonical(value[key])}`).join(",")}}`;
}

function text(value) {
  if (/\p{Surrogate}/u.test(value)) throw new TypeError("half of a surrogate pair");
  return JSON.stringify(value);
}

function integer(value) {
  if (!Number.isSafeInteger(value)) throw new TypeError("not a whole number within 53 bits");
  return String(value);
}

// JavaScript sorts by UTF-16 code units, which puts U+1F697 before U+FF01.
function byCodePoint(a, b) {
  const [x, y] = [Array.from(a), Array.from(b)];
  const at = x.findIndex((character, i) => character !== y[i]);
  if (at < 0) return x.length - y.length;
  return at < y.length ? x[at].codePointAt(0) - y[at].codePointAt(0) : 1;
}

/** The object that a canonical JSON text stands for; null if the text is anything else. */
export function parseCanonical(line) {
  try {
    const value = JSON.parse(line);
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    return isObject && canonical(value) === line ? value : null;
  } catch {
    return null;
  }
}

function parseEvent(line) {
  const event = parseCanonical(line);
  const good =
    event !== null &&
    Object.keys(event).sort().join() === FIELDS &&
    TEXTS.every((name) => typeof event[name] === "string") &&
    typeof event.version === "number" &&
    NUMBER.test(event.seq) &&
    NUMBER.test(event.mono_ns) &&
    [event.prev_hash, event.hash].every((hash) => typeof hash === "string" && HASH.test(hash));
  return good ? event : null;
}

/** The hash that an event must have: SHA-256 of the previous hash's 32 bytes and the canonical bytes of the rest. */
export async function eventHash({ prev_hash, hash, ...rest }) {
  const before = Uint8Array.from(prev_hash.match(/../g), (pair) => parseInt(pair, 16));
  const bytes = new TextEncoder().encode(canonical(rest));
  const both = new Uint8Array(before.length + bytes.length);
  both.set(before);
  both.set(bytes, before.length);
  const digest = await globalThis.crypto.subtle.digest("SHA-256", both);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Check lines (an array, or anything asynchronous). Returns {ok, events, head, first_bad_seq, reason: {zh, en}}. */
export async function verifyLines(lines, reached = { seq: 0, hash: null }) {
  let [seq, head] = [0, GENESIS];
  const bad = (name, more) => {
    const [zh, en] = REASONS[name](seq + 1, more);
    return { ok: false, events: seq, head, first_bad_seq: seq + 1, reason: { zh, en } };
  };
  for await (const line of lines) {
    const event = parseEvent(line.replace(/\r$/, ""));
    if (event === null) return bad("line");
    if (event.seq !== String(seq + 1)) return bad("missing", event.seq);
    if (event.prev_hash !== head) return bad("link");
    if ((await eventHash(event)) !== event.hash) return bad("hash");
    if (parseCanonical(event.body) === null) return bad("body");
    if (reached.seq === seq + 1 && reached.hash !== null && reached.hash !== event.hash) return bad("anchor");
    [seq, head] = [seq + 1, event.hash];
  }
  if (seq < reached.seq) return bad("cut", reached.seq);
  return { ok: true, events: seq, head, first_bad_seq: null, reason: null };
}

/** Lines of a stream of bytes: a file in Node, or `file.stream()` in a browser. */
export async function* linesOf(chunks) {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop();
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

async function main([path, published]) {
  const { createReadStream } = await import("node:fs");
  const [, seq, hash] = /^([0-9]+):([0-9a-f]{64})$/.exec(published ?? "") ?? [null, "0", null];
  if (path === undefined || (published !== undefined && hash === null)) {
    console.error("usage: node verify.mjs FILE [SEQ:HASH]");
    return 2;
  }
  try {
    const result = await verifyLines(linesOf(createReadStream(path)), { seq: Number(seq), hash });
    const { ok, events, head, reason } = result;
    console.log(ok ? `ok: ${events} events, head ${head}` : `bad: ${reason.en} / ${reason.zh} (${events} good events before it)`);
    return ok ? 0 : 1;
  } catch (error) {
    console.error(`${path} cannot be read as an export: ${error.message}`);
    return 2;
  }
}

const node = globalThis.process?.versions?.node;
if (node && process.argv[1] && import.meta.url === (await import("node:url")).pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main(process.argv.slice(2));
}
