import { checkProof, linesOf, parseProof, readPublic, sha256, verifyLines } from "../verify.mjs";

const at = (id) => document.getElementById(id);
const given = { pdf: null, export: null };
let language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
let turn = 0;
let shown = { verdict: "waiting", reasons: ["waiting.all"], facts: [] };

const say = (text) => (typeof text === "string" ? SENTENCES[language][text] : text[language]);

/** Thrown for what cannot be checked, with the key of its sentence. */
class Unusable extends Error {}

// -- what is given

/** Every public key in a text: PEM blocks and lines of hexadecimal digits. */
function keysIn(text) {
  const blocks = text.match(/-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g) ?? [];
  const rest = blocks.reduce((left, block) => left.replace(block, ""), text);
  const keys = [...blocks, ...rest.split(/\s+/).filter(Boolean)].map(readPublic);
  if (keys.includes(null)) throw new Unusable("not_key");
  return keys;
}

async function proofOf(text, pdf) {
  const found = text || (pdf ? await textIn(pdf) : "");
  if (!found) return null;
  const proof = await parseProof(found);
  if (proof === null) throw new Unusable("not_proof");
  return proof;
}

async function textIn(pdf) {
  const bytes = new Uint8Array(await pdf.arrayBuffer());
  const found = new Set(new TextDecoder("latin1").decode(bytes).match(/CI1\/[A-Za-z0-9%._~/:-]+/g));
  if (found.size !== 1) throw new Unusable("not_pdf");
  return [...found][0];
}

// Older browsers cannot walk over a stream by themselves.
async function* chunksOf(stream) {
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

// -- the check

async function examine() {
  const [text, { pdf, export: file }] = [at("qr").value.trim(), given];
  const keys = keysIn(at("key").value);
  const proof = await proofOf(text, pdf);
  if (proof === null && !file) return { verdict: "waiting", reasons: [keys.length ? "waiting.report" : "waiting.all"], facts: [] };
  if (keys.length === 0) return { verdict: "waiting", reasons: ["waiting.key"], facts: [] };
  const facts = proof ? factsOf(proof) : [];
  const wrong = proof && (await checkProof(proof, keys));
  if (wrong) return { verdict: "bad", reasons: [wrong], facts, about: "about.bad" };
  return file ? withLedger(proof, keys, file, text ? null : pdf, facts) : { verdict: "good", reasons: ["good.report"], facts };
}

async function withLedger(proof, keys, file, pdf, facts) {
  const issued = [];
  const watch = ({ kind }, body) => kind === "report.issued" && body.report_no === proof?.essence.report_no && issued.push(body.sha256);
  const reached = proof ? { seq: Number(proof.essence.seq), hash: proof.essence.hash } : undefined;
  const found = await ledgerOf(file, reached, keys, watch);
  const all = [...facts, ["fact.events", String(found.events)], ["fact.sealed", String(found.sealed)], ["fact.head", found.head]];
  if (found.forks.length) all.push(["fact.forks", found.forks.join(", ")]);
  if (!found.ok) return { verdict: "bad", reasons: [found.reason, ...(proof ? ["seal.alone"] : [])], facts };
  if (!proof) return { verdict: "good", reasons: ["good.export"], facts: all };
  if (!pdf) return { verdict: "good", reasons: ["good.both"], facts: all };
  const isIssued = issued.includes(await sha256(await pdf.arrayBuffer()));
  if (isIssued) return { verdict: "good", reasons: ["good.both", "good.file"], facts: all };
  return { verdict: "bad", reasons: [issued.length ? "other_file" : "not_issued", "seal.alone"], facts };
}

async function ledgerOf(file, reached, keys, watch) {
  try {
    return await verifyLines(linesOf(chunksOf(file.stream())), reached, keys, watch);
  } catch (error) {
    throw error instanceof TypeError ? new Unusable("not_export") : error;
  }
}

const factsOf = ({ essence, plate, key }) => [
  ["fact.conclusion", `conclusion.${essence.conclusion}`],
  ["fact.plate", plate || "erased"],
  ["fact.signed", moment(essence.signed_at)],
  ["fact.report_no", essence.report_no],
  ["fact.station", essence.station],
  ["fact.event", `${essence.seq} · ${essence.hash}`],
  ["fact.key", key || "—"],
];

function moment(signedAt) {
  const local = (name) => new Date(signedAt).toLocaleString(name, { timeZoneName: "short" });
  return { zh: `${local("zh-CN")}（${signedAt}）`, en: `${local("en-GB")} (${signedAt})` };
}

async function check() {
  const mine = ++turn;
  show({ verdict: "waiting", reasons: ["working"], facts: [] });
  const found = await examine().catch(unusable);
  if (mine === turn) show(found);
}

function unusable(error) {
  const known = { NotSupportedError: "no_ed25519" }[error.name];
  const reason = error instanceof Unusable ? error.message : known ?? (globalThis.crypto?.subtle ? null : "no_crypto");
  return { verdict: "unusable", reasons: [reason ?? { zh: String(error), en: String(error) }], facts: [] };
}

// -- what is shown: text only, never markup

function show(found) {
  shown = found;
  at("result").dataset.verdict = found.verdict;
  at("verdict").textContent = say(found.verdict);
  const [reason, ...notes] = found.reasons;
  at("reason").textContent = say(reason);
  at("note").textContent = notes.map(say).join(" ");
  at("about").hidden = found.facts.length === 0;
  at("about").textContent = say(found.about ?? "about.good");
  at("facts").replaceChildren(...found.facts.flatMap(([name, value]) => [element("dt", say(name)), element("dd", valueOf(value))]));
}

const valueOf = (value) => (typeof value === "string" ? SENTENCES[language][value] ?? value : value[language]);

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function speak() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = say("title");
  for (const each of document.querySelectorAll("[data-text]")) each.textContent = say(each.dataset.text);
  at("language").textContent = say("language");
  show(shown);
}

// -- what people do

async function take(file) {
  const start = await file.slice(0, 64).text();
  if (start.startsWith("%PDF-")) return takeReport(file);
  if (start.startsWith("-----BEGIN") || /^[0-9a-f]{64}\s*$/i.test(start)) return takeKey(file);
  if (start.startsWith("CI1/")) at("qr").value = await file.text();
  else given.export = file;
  return check();
}

function takeReport(file) {
  given.pdf = file;
  at("qr").value = "";
  return check();
}

async function takeKey(file) {
  at("key").value = await file.text();
  return check();
}

at("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  speak();
});
at("qr").addEventListener("input", check);
at("key").addEventListener("input", check);
at("pdf").addEventListener("change", ({ target }) => target.files[0] && takeReport(target.files[0]));
at("keyfile").addEventListener("change", ({ target }) => target.files[0] && takeKey(target.files[0]));
at("export").addEventListener("change", ({ target }) => {
  given.export = target.files[0] ?? null;
  check();
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, async (event) => {
    event.preventDefault();
    document.body.classList.toggle("over", name === "dragover");
    for (const file of [...(event.dataTransfer?.files ?? [])]) await take(file);
  });
}
speak();
