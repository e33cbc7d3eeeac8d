// Keeps the page itself, so that it opens without a network. What the station says is never kept here.
const CACHE = "shell-2";
const NETWORK_MS = 2000;
const AWAY_MS = 3000;
const SHELL = [
  "./",
  "./app.mjs",
  "./codes.mjs",
  "./commands.mjs",
  "./curve.mjs",
  "./db.mjs",
  "./drafts.mjs",
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

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

const inTime = (request) =>
  fetch(request, { cache: "no-cache", signal: AbortSignal.timeout(NETWORK_MS) });

let awayUntil = 0;

// The network comes first, so that all modules are of one version; the copy serves when the network does not.
async function answer(request) {
  const cache = await caches.open(CACHE);
  try {
    if (Date.now() < awayUntil) throw new Error("away");
    const fresh = await inTime(request);
    if (fresh.ok) await cache.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    // One file has waited in vain: the others of the page need not.
    awayUntil = Math.max(awayUntil, Date.now() + AWAY_MS);
    if (kept) return kept;
    throw error;
  }
}

const ours = new Set(SHELL.map((path) => new URL(path, self.registration.scope).pathname));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (ours.has(url.pathname)) event.respondWith(answer(event.request));
});
