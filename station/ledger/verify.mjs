// Proves what a station recorded without any of its software: Node 20 or a browser, WebCrypto only.
//
//   node verify.mjs FILE [SEQ:HASH] [--key PUBLIC]...     an export of the ledger
//   node verify.mjs --qr TEXT --key PUBLIC                the text of a report's QR code
//
// FILE is the output of `station ledger export`; SEQ:HASH is an event that was published before; PUBLIC is a key that
// the station published: a PEM file, or 64 hexadecimal digits. Exit code 0: in order. 1: it is not, and what and where
// is named. 2: the input cannot be used. The bytes are those of docs/reference/ledger.md.

const GENESIS = "0".repeat(64);
const TEXTS = ["seq", "boot_id", "mono_ns", "at", "kind", "subject", "actor", "device", "body"];
const FIELDS = [...TEXTS, "version", "prev_hash", "hash"].sort().join();
const NUMBER = /^(0|[1-9][0-9]{0,18})$/;
const HASH = /^[0-9a-f]{64}$/;
const SIGNATURE = /^[0-9a-f]{128}$/;
const CONCLUSIONS = ["pass", "fail", "invalid"];
const PROOF =
  /^CI1\/([A-Za-z0-9-]{1,40})\/([A-Za-z0-9-]{1,80})\/(pass|fail|invalid)\/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\/([1-9]\d{0,18})\/([0-9a-f]{64})\/([A-Za-z0-9%._~-]{0,90})\/([A-Za-z0-9_-]{0,64})\/([0-9a-f]{16}|)\/([A-Za-z0-9_-]{86}|)$/;
// Fields of the seals: a text, a number, a text or null.
const SEALS = {
  "key.enrolled": { key: "t", public: "t", replaces: "?", signature: "?" },
  "ledger.sealed": { size: "n", head: "t", at: "t", key: "t", signature: "t" },
  "ledger.forked": { size: "n", head: "t", lost_size: "n", lost_head: "t", reason_commitment: "t", key: "t", signature: "t" },
  "report.sealed": { attempt: "n", report_no: "t", signed_seq: "n", signed_hash: "t", key: "t", signature: "t" },
};

const REASONS = {
  missing: (seq, more) => [`缺少事件 ${seq}：后面是 ${more}`, `event ${seq} is missing: ${more} follows`],
  cut: (seq, more) => [`台账在事件 ${seq - 1} 处结束，应到 ${more}`, `the ledger ends at event ${seq - 1}, where ${more} was reached before`],
  link: (seq) => [`事件 ${seq} 没有接在前一条事件之后`, `event ${seq} does not follow the event before it`],
  hash: (seq) => [`事件 ${seq} 的内容与其哈希值不符`, `event ${seq} is not what its hash was made of`],
  body: (seq) => [`事件 ${seq} 的正文不是规范格式`, `event ${seq} has a body that is not in canonical form`],
  anchor: (seq) => [`事件 ${seq} 的哈希值与已公布的不同：台账被整体重写`, `event ${seq} has another hash than was published: the ledger was written anew`],
  lost: (seq, more) => [
    `事件 ${more.seq} 不在本台账中：检测站在事件 ${more.fork} 处声明从较早的备份继续，此后的原有记录已丢失`,
    `event ${more.seq} is not in this ledger: at event ${more.fork} the station said that it goes on from an older backup, and what it had recorded after that is lost`,
  ],
  line: (seq) => [`第 ${seq} 行不是台账事件`, `line ${seq} is not an event of a ledger`],
  seal_body: (seq) => [`事件 ${seq} 的签章内容不完整`, `event ${seq} is a seal that is not complete`],
  key_id: (seq, key) => [`事件 ${seq}：签名密钥的编号 ${key} 与其公钥不符`, `event ${seq}: the id ${key} of the signing key is not that of its public key`],
  key_again: (seq, key) => [`事件 ${seq}：签名密钥 ${key} 早已启用过`, `event ${seq}: the signing key ${key} was enrolled before`],
  key_alone: (seq, key) => [
    `事件 ${seq}：新签名密钥 ${key} 没有前一把密钥的签名，也不是已公布的公钥`,
    `event ${seq}: the new signing key ${key} comes without the signature of the key before it, and is not a published key`,
  ],
  key_word: (seq, key) => [`事件 ${seq}：前一把密钥对新密钥 ${key} 的签名不成立`, `event ${seq}: the signature of the key before it does not hold for the new key ${key}`],
  other_key: (seq, key) => [`事件 ${seq} 的签章出自密钥 ${key}，而当时使用的不是这把密钥`, `event ${seq} is sealed with the key ${key}, which was not the key in use`],
  seal_place: (seq) => [`事件 ${seq} 的检查点与它所在的位置不符`, `event ${seq} is a checkpoint that does not belong where it stands`],
  seal: (seq) => [
    `事件 ${seq} 的检查点签名不成立：之前的台账被改动，或签名是伪造的`,
    `event ${seq}: the checkpoint's signature does not hold: the ledger before it was changed, or the signature is forged`,
  ],
  fork: (seq) => [`事件 ${seq} 的分叉声明签名不成立`, `event ${seq}: the signature of the fork does not hold`],
  report_place: (seq, no) => [`事件 ${seq}：报告 ${no} 的签章指向的不是它的签字事件`, `event ${seq}: the seal of report ${no} names an event that is not its signature`],
  report_seal: (seq, no) => [
    `事件 ${seq}：报告 ${no} 的签章不成立：报告内容被改动，或签章是伪造的`,
    `event ${seq}: the seal of report ${no} does not hold: what the report says was changed, or the seal is forged`,
  ],
  stranger: (seq, keys) => [
    `公布的公钥（${keys}）不是本台账的签名密钥：密钥被调换，或台账被整体重写`,
    `the published key (${keys}) is not a signing key of this ledger: the key was swapped, or the ledger was written anew`,
  ],
  unsealed: (seq, keys) => [`公布的公钥（${keys}）没有在本台账中签过检查点`, `the published key (${keys}) has sealed no checkpoint of this ledger`],
  qr_unsealed: (no) => [`报告 ${no} 没有检测站的签章`, `report ${no} has no seal of the station`],
  qr_key: (no, more) => [
    `报告 ${no} 的签章出自密钥 ${more.key}，与所给的公钥（${more.published}）不是同一把`,
    `report ${no} is sealed with the key ${more.key}, not with the public key given (${more.published})`,
  ],
  qr_seal: (no) => [
    `报告 ${no} 的签章不成立：结论、号牌、日期等内容被改动，或签章是伪造的`,
    `the seal of report ${no} does not hold: conclusion, plate, date or another part was changed, or the seal is forged`,
  ],
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
  const before = unhex(prev_hash);
  const bytes = utf8(canonical(rest));
  const both = new Uint8Array(before.length + bytes.length);
  both.set(before);
  both.set(bytes, before.length);
  return sha256(both);
}

const utf8 = (value) => new TextEncoder().encode(value);
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (digits) => Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
const unbase64 = (value) => Uint8Array.from(atob(value), (character) => character.charCodeAt(0));

/** SHA-256 of bytes, hexadecimal. */
export const sha256 = async (bytes) => hex(await globalThis.crypto.subtle.digest("SHA-256", bytes));

const keyId = async (key) => (await sha256(unhex(key))).slice(0, 16);

/** Whether a signature (Ed25519) is that of a raw public key over the canonical JSON of a value; both hexadecimal. */
async function holds(key, value, signature) {
  if (!HASH.test(key) || !SIGNATURE.test(signature)) return false;
  const { subtle } = globalThis.crypto;
  try {
    const imported = await subtle.importKey("raw", unhex(key), "Ed25519", false, ["verify"]);
    return await subtle.verify("Ed25519", imported, unhex(signature), utf8(canonical(value)));
  } catch (error) {
    if (error.name === "NotSupportedError") throw error;
    return false;
  }
}

/** The raw public key (hexadecimal) of a text: 64 hexadecimal digits or PEM; null if it is neither. */
export function readPublic(given) {
  const value = given.trim();
  if (/^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  const pem = /^-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----$/.exec(value);
  try {
    const der = pem ? hex(unbase64(pem[1].replace(/\s/g, ""))) : "";
    return /^302a300506032b6570032100[0-9a-f]{64}$/.test(der) ? der.slice(-64) : null;
  } catch {
    return null;
  }
}

const commitment = (plate, salt) => sha256(utf8(`${salt}\nplate\n${plate}`));

/** What the text of a report's QR code says; null if it is no such text. */
export async function parseProof(given) {
  const found = PROOF.exec(given.trim());
  if (found === null) return null;
  const [, station, report_no, conclusion, signed_at, seq, hash, quoted, opening, key, seal] = found;
  const plate = unquoted(quoted);
  const plate_commitment = plate ? await commitment(plate, opening) : opening;
  const signature = seal && hex(unbase64(`${seal.replace(/-/g, "+").replace(/_/g, "/")}==`));
  const essence = { station, report_no, conclusion, signed_at, seq, hash, plate_commitment };
  return { essence, plate, key, signature };
}

function unquoted(quoted) {
  try {
    return decodeURIComponent(quoted);
  } catch {
    return "\ufffd";
  }
}

/** What is wrong with a report's proof under the published keys, as {zh, en}; null if it holds. */
export async function checkProof({ essence, key, signature }, published) {
  const no = essence.report_no;
  const say = (name, more) => {
    const [zh, en] = REASONS[name](no, more);
    return { zh, en };
  };
  if (!key || !signature) return say("qr_unsealed");
  const ids = await Promise.all(published.map(keyId));
  const at = ids.indexOf(key);
  if (at < 0) return say("qr_key", { key, published: ids.join(", ") });
  return (await holds(published[at], essence, signature)) ? null : say("qr_seal");
}

/** The seals on the way through a ledger. Every step returns null, or what is wrong as [name, more]. */
class Seals {
  keys = new Map();
  sealed = 0;
  forks = [];
  #published;
  #trusted = new Set();
  #station = "";
  #plates = new Map();
  #signed = new Map();
  first = 1;

  constructor(published) {
    this.#published = [...new Set(published)];
  }

  async take(event, seq, body) {
    const shape = SEALS[event.kind];
    if (shape && !fits(body, shape)) return ["seal_body"];
    if (event.kind === "inspection.registered") this.#plates.set(event.subject, textOf(body.plate_commitment));
    if (event.kind === "inspection.signed") this.#inspectionSigned(event, body);
    if (event.kind === "key.enrolled") return this.#key(event, seq, body);
    if (!shape) return null;
    const key = this.#inUse;
    if (!key || body.key !== key) return ["other_key", body.key];
    if (event.kind === "report.sealed") return this.#report(event, this.keys.get(key), body);
    if (body.size !== seq - 1 || body.head !== event.prev_hash) return ["seal_place"];
    return event.kind === "ledger.sealed" ? this.#checkpoint(event, key, body) : this.#fork(event, seq, key, body);
  }

  async end() {
    if (this.#published.length === 0) return null;
    const ids = (await Promise.all(this.#published.map(keyId))).join(", ");
    if (this.#trusted.size === 0) return ["stranger", ids];
    return this.sealed === 0 ? ["unsealed", ids] : null;
  }

  get #inUse() {
    return [...this.keys.keys()].pop();
  }

  async #key(event, seq, body) {
    if (!HASH.test(body.public) || (await keyId(body.public)) !== body.key) return ["key_id", body.key];
    if (this.keys.has(body.key)) return ["key_again", body.key];
    const isPublished = this.#published.includes(body.public);
    let followed = false;
    if (this.keys.size === 0) {
      [this.first, this.#station] = [seq, event.subject];
    } else if (body.signature !== null) {
      const word = { station: event.subject, key: body.key, public: body.public };
      followed = body.replaces === this.#inUse && (await holds(this.keys.get(this.#inUse), word, body.signature));
      if (!followed) return ["key_word", body.key];
    } else if (!isPublished) {
      return ["key_alone", body.key];
    }
    if (isPublished || (followed && this.#trusted.has(body.replaces))) this.#trusted.add(body.key);
    this.keys.set(body.key, body.public);
    return null;
  }

  async #checkpoint(event, key, { size, head, at, signature }) {
    if (!(await holds(this.keys.get(key), { station: event.subject, size, head, at }, signature))) return ["seal"];
    if (this.#trusted.has(key) || this.#published.length === 0) this.sealed = size;
    return null;
  }

  async #fork(event, seq, key, { size, head, lost_size, lost_head, signature }) {
    const value = { station: event.subject, size, head, lost_size, lost_head };
    if (!(await holds(this.keys.get(key), value, signature))) return ["fork"];
    this.forks.push({ seq, size, lost_size });
    return null;
  }

  #inspectionSigned(event, { attempt, conclusion, report_no }) {
    if (!Number.isInteger(attempt) || !CONCLUSIONS.includes(conclusion)) return;
    const plate_commitment = this.#plates.get(event.subject) ?? "";
    const { at: signed_at, seq, hash } = event;
    const essence = { report_no: textOf(report_no), conclusion, signed_at, seq, hash, plate_commitment };
    this.#signed.set(JSON.stringify([event.subject, attempt]), essence);
  }

  async #report(event, key, { attempt, report_no, signed_seq, signed_hash, signature }) {
    const essence = this.#signed.get(JSON.stringify([event.subject, attempt]));
    const named = essence && String(signed_seq) === essence.seq && signed_hash === essence.hash;
    if (!named || report_no !== essence.report_no) return ["report_place", report_no];
    const isSealed = await holds(key, { ...essence, station: this.#station }, signature);
    return isSealed ? null : ["report_seal", report_no];
  }
}

const textOf = (value) => (typeof value === "string" ? value : "");

function fits(body, shape) {
  const kinds = { t: (value) => typeof value === "string", n: Number.isInteger, "?": (value) => value === null || typeof value === "string" };
  const names = Object.keys(shape);
  return Object.keys(body).length === names.length && names.every((name) => name in body && kinds[shape[name]](body[name]));
}

/**
 * Check lines (an array, or anything asynchronous).
 *
 * `reached` is an event that was published before, `published` are raw public keys (hexadecimal), `watch` is given every
 * good event with its body. Returns {ok, events, head, first_bad_seq, reason: {zh, en}, sealed, keys, forks}.
 */
export async function verifyLines(lines, reached = { seq: 0, hash: null }, published = [], watch = () => {}) {
  const seals = new Seals(published);
  let [seq, head] = [0, GENESIS];
  const found = (more) => ({ events: seq, head, sealed: seals.sealed, keys: [...seals.keys.keys()], forks: seals.forks.map((fork) => fork.seq), ...more });
  const bad = (name, more, at = seq + 1) => {
    const [zh, en] = REASONS[name](at, more);
    return found({ ok: false, first_bad_seq: at, reason: { zh, en } });
  };
  const departed = (name, more) => {
    const fork = seals.forks.find((each) => each.size < reached.seq && reached.seq <= each.lost_size);
    return fork ? bad("lost", { seq: reached.seq, fork: fork.seq }, reached.seq) : bad(name, more);
  };
  for await (const line of lines) {
    const event = parseEvent(line.replace(/\r$/, ""));
    if (event === null) return bad("line");
    if (event.seq !== String(seq + 1)) return bad("missing", event.seq);
    if (event.prev_hash !== head) return bad("link");
    if ((await eventHash(event)) !== event.hash) return bad("hash");
    const body = parseCanonical(event.body);
    if (body === null) return bad("body");
    const wrong = await seals.take(event, seq + 1, body);
    if (wrong) return bad(...wrong);
    if (reached.seq === seq + 1 && reached.hash !== null && reached.hash !== event.hash) return departed("anchor");
    [seq, head] = [seq + 1, event.hash];
    watch(event, body);
  }
  if (seq < reached.seq) return departed("cut", reached.seq);
  const wrong = await seals.end();
  return wrong ? bad(...wrong, seals.first) : found({ ok: true, first_bad_seq: null, reason: null });
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

async function main(given) {
  const { createReadStream, existsSync, readFileSync } = await import("node:fs");
  const { parseArgs } = await import("node:util");
  try {
    const options = { key: { type: "string", multiple: true, default: [] }, qr: { type: "string" } };
    const { values, positionals } = parseArgs({ args: given, options, allowPositionals: true });
    const published = values.key.map((key) => readPublic(existsSync(key) ? readFileSync(key, "utf8") : key));
    const [path, point] = positionals;
    const [, seq, hash] = /^([0-9]+):([0-9a-f]{64})$/.exec(point ?? "") ?? [null, "0", null];
    if (published.includes(null)) throw new Error("--key is no Ed25519 public key");
    if (values.qr !== undefined) return await mainOfProof(values.qr, published);
    if (path === undefined || (point !== undefined && hash === null)) throw new Error("expected FILE [SEQ:HASH]");
    const lines = linesOf(createReadStream(path));
    return say(await verifyLines(lines, { seq: Number(seq), hash }, published));
  } catch (error) {
    console.error(`cannot be used: ${error.message}\nusage: node verify.mjs FILE [SEQ:HASH] [--key PUBLIC]...  |  --qr TEXT --key PUBLIC`);
    return 2;
  }
}

function say({ ok, events, head, reason, sealed }) {
  const seal = sealed ? `, sealed up to event ${sealed}` : "";
  console.log(ok ? `ok: ${events} events, head ${head}${seal}` : `bad: ${reason.en} / ${reason.zh} (${events} good events before it)`);
  return ok ? 0 : 1;
}

async function mainOfProof(given, published) {
  const proof = await parseProof(given);
  if (proof === null) throw new Error("--qr is not the text of a report's QR code");
  const wrong = await checkProof(proof, published);
  const { report_no, conclusion, signed_at } = proof.essence;
  console.log(wrong ? `bad: ${wrong.en} / ${wrong.zh}` : `ok: ${report_no} ${conclusion} ${proof.plate} ${signed_at}`);
  return wrong ? 1 : 0;
}

const node = globalThis.process?.versions?.node;
if (node && process.argv[1] && import.meta.url === (await import("node:url")).pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main(process.argv.slice(2));
}
