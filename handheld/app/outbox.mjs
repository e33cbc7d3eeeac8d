// What has to reach the station and has not yet: kept on the device until the line's own word, over reloads and outages.
// Nothing that moves a rig is ever kept here.
import { computed, effect, signal } from "@preact/signals";
import { newId } from "./commands.mjs";
import { all, write } from "./db.mjs";
import { change, forgetDraft, foundAt, keyOf, loadDrafts } from "./drafts.mjs";
import { MEDIA } from "./photo.mjs";
import * as state from "./state.mjs";
import { sendQuietly } from "./station.mjs";

const FLUSH_MS = 3000;
const UPLOAD_MS = 30000;
const NOT_NOW = new Set(["not_stored", "line_fault"]); // the line's own trouble: the same command is good later
const LIST = "checklist.record";

export const entries = signal([]); // oldest first
export const sending = signal(null); // id of the entry that is on its way
export const full = signal(false); // the device could not keep something
export const waitingCount = computed(() => entries.value.filter((one) => one.state === "waiting").length);
export const refusedCount = computed(() => entries.value.length - waitingCount.value);

export const isMine = (entry) => entry.staff === state.person.value?.staff;
export const listEntry = (place) => entries.value.find((one) => one.kind === LIST && keyOf(one) === keyOf(place));
export const photoEntry = (place, point, sha256) => entries.value.find((one) => one.id === photoId(place, point, sha256));
const photoId = (place, point, sha256) => `photo-${keyOf(place)}-${point}-${sha256}`;

export async function loadOutbox() {
  await loadDrafts();
  entries.value = (await all("outbox")).sort((one, other) => one.since - other.since);
}

// Writes to the device first: what is shown as kept is on its disk.
async function keep(entry, more = {}) {
  try {
    await write({ puts: [["outbox", entry], ...(more.puts ?? [])], deletes: more.deletes });
  } catch (error) {
    full.value = true;
    throw error;
  }
  full.value = false;
  entries.value = [...entries.value.filter((one) => one.id !== entry.id), entry].sort((a, b) => a.since - b.since);
}

async function drop(entry, more = {}) {
  await write({ deletes: [["outbox", entry.id], ...(more.deletes ?? [])] });
  entries.value = entries.value.filter((one) => one.id !== entry.id);
}

function fresh(place, fields) {
  const { staff, name } = state.person.value;
  const plate = state.inspections.value.get(place.serial)?.plate ?? "";
  navigator.storage?.persist?.();
  return { ...place, ...fields, staff, name, plate, since: Date.now(), state: "waiting", reason: null };
}

export async function addPhoto(place, point, { data, sha256, thumb }) {
  await keep(fresh(place, { id: photoId(place, point, sha256), kind: "photo", point, sha256, thumb, data }));
  flush();
}

export async function handIn(place, points) {
  await keep(fresh(place, { id: newId(), kind: LIST, body: { serial: place.serial, item: place.item, points } }));
  flush();
}

// A refused list becomes a draft again.
export const edit = (entry) => drop(entry);

export async function discard(entry) {
  if (entry.kind === LIST) {
    await drop(entry, { deletes: [["drafts", keyOf(entry)]] });
    forgetDraft(keyOf(entry));
    return;
  }
  await withoutPhoto(entry, entry.point, entry.sha256);
  await drop(entry);
}

// A photo leaves the draft; a list that names it becomes a draft again.
export async function withoutPhoto(place, point, sha256) {
  await change(place, { [point]: { photos: foundAt(place, point).photos.filter((one) => one !== sha256) } });
  const list = listEntry(place);
  if (list?.body.points.some((one) => one.photos.includes(sha256))) await drop(list);
}

// ---- on its way

async function upload(entry) {
  const { serial, item, point, sha256 } = entry;
  const response = await fetch(`/photos/${[serial, item, point, sha256].map(encodeURIComponent).join("/")}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${state.person.value.token}`, "content-type": MEDIA },
    body: entry.data,
    signal: AbortSignal.timeout(UPLOAD_MS),
  });
  if (response.status === 401) return { code: "not_logged_in" };
  if (response.status >= 500) return null;
  const answer = await response.json();
  if (!response.ok) return answer;
  return answer.seq && answer.hash ? { accepted: true } : null;
}

async function carry(entry) {
  try {
    return await (entry.kind === "photo" ? upload(entry) : sendQuietly(entry));
  } catch {
    return null; // no network, no office: later
  }
}

async function settle(entry, reply) {
  if (!reply || NOT_NOW.has(reply.code)) return;
  if (reply.code === "not_logged_in") {
    if (isMine(entry)) state.person.value = null;
  } else if (!reply.accepted) {
    await keep({ ...entry, state: "refused", reason: reply.text ?? null });
  } else if (entry.kind === LIST) {
    await drop(entry, { deletes: [["drafts", keyOf(entry)]] });
    forgetDraft(keyOf(entry));
  } else {
    await drop(entry);
  }
}

// Photos before the lists that name them.
function next(tried) {
  const open = entries.value.filter((one) => one.state === "waiting" && isMine(one) && !tried.has(one.id));
  const pictures = new Set(entries.value.filter((one) => one.kind === "photo").map((one) => one.sha256));
  const complete = (list) => !list.body.points.some((point) => point.photos.some((sha256) => pictures.has(sha256)));
  return open.find((one) => one.kind === "photo") ?? open.find((one) => one.kind === LIST && complete(one));
}

async function round() {
  const tried = new Set();
  for (let entry = next(tried); entry && state.ready.value; entry = next(tried)) {
    tried.add(entry.id);
    sending.value = entry.id;
    await settle(entry, await carry(entry));
    sending.value = null;
  }
}

let running = null;

export function flush() {
  running ??= round().finally(() => {
    sending.value = null;
    running = null;
  });
  return running;
}

// With every connect of the page to the broker and every log-in; when the network is back; and anyhow.
effect(() => void (state.ready.value && state.person.value && queueMicrotask(flush)));
addEventListener("online", flush);
setInterval(flush, FLUSH_MS);
