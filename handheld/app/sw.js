// Keeps the page itself, so that it opens without a network. What the station says is never kept here.
const PREFIX = "shell-3-";
const NETWORK_MS = 2000;
const SHELL = [
  "./",
  "./app.mjs",
  "./codes.mjs",
  "./commands.mjs",
  "./curve.mjs",
  "./db.mjs",
  "./drafts.mjs",
  "./first.mjs",
  "./html.mjs",
  "./icon.svg",
  "./live.mjs",
  "./manifest.webmanifest",
  "./memory.mjs",
  "./mqtt.mjs",
  "./outbox.mjs",
  "./parts.mjs",
  "./photo.mjs",
  "./state.mjs",
  "./station.mjs",
  "./style.css",
  "./text.mjs",
  "./texts/en.json",
  "./texts/zh.json",
  "./screens/brake.mjs",
  "./screens/checklist.mjs",
  "./screens/exhaust.mjs",
  "./screens/fail.mjs",
  "./screens/findings.mjs",
  "./screens/handed_in.mjs",
  "./screens/head.mjs",
  "./screens/lamps.mjs",
  "./screens/list.mjs",
  "./screens/login.mjs",
  "./screens/more.mjs",
  "./screens/outbox.mjs",
  "./screens/pair.mjs",
  "./screens/photos.mjs",
  "./screens/run.mjs",
  "./screens/smoke.mjs",
  "./screens/stage.mjs",
  "./screens/verdict.mjs",
  "./screens/where.mjs",
  "./vendor/htm.mjs",
  "./vendor/mqtt.mjs",
  "./vendor/preact-hooks.mjs",
  "./vendor/preact.mjs",
  "./vendor/signals-core.mjs",
  "./vendor/signals.mjs",
  "./vendor/uplot.css",
  "./vendor/uplot.mjs",
];

// The office says with the page itself which version all of its files are.
const versionOf = (page) => page.headers.get("app-version") ?? "";
const fetchPage = () => fetch("./", { cache: "no-store" });
const inTime = (request) => fetch(request, { cache: "no-cache", signal: AbortSignal.timeout(NETWORK_MS) });
const newest = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX)).at(-1);

// Keeps every file, all of one version; a version that comes in between is left to the next visit.
async function fill() {
  const version = versionOf(await fetchPage());
  const files = await Promise.all(SHELL.map((path) => fetch(path, { cache: "no-cache" })));
  if (!files.every((file) => file.ok) || versionOf(await fetchPage()) !== version) throw new Error("incomplete");
  const cache = await caches.open(PREFIX + version);
  await Promise.all(SHELL.map((path, i) => cache.put(path, files[i])));
  const old = (await caches.keys()).filter((name) => name !== PREFIX + version);
  await Promise.all(old.map((name) => caches.delete(name)));
}

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keptIn(name, request) {
  return name && (await caches.open(name)).match(request, { ignoreSearch: true });
}

// The copy from which the page's files come; null: from the network first.
let serving = null;

// The page itself comes from the network and tells the version: a copy of another one serves only without a network.
async function page(event) {
  try {
    const fresh = await inTime(event.request);
    const name = PREFIX + versionOf(fresh);
    serving = name !== PREFIX && (await caches.has(name)) ? name : null;
    if (name !== PREFIX && !serving) event.waitUntil(fill().catch(() => {}));
    return fresh;
  } catch (error) {
    serving = await newest();
    const kept = await keptIn(serving, event.request);
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  const kept = await keptIn(serving, request);
  if (kept) return kept;
  try {
    return await inTime(request);
  } catch (error) {
    const old = await keptIn(await newest(), request);
    if (old) return old;
    throw error;
  }
}

const ours = new Set(SHELL.map((path) => new URL(path, self.registration.scope).pathname));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (ours.has(url.pathname)) event.respondWith(event.request.mode === "navigate" ? page(event) : file(event.request));
});
