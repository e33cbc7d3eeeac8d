// Check-lists that are being filled in: kept on the device at every tap, until the line has the list.
import { signal } from "@preact/signals";
import { all, write } from "./db.mjs";
import { put } from "./state.mjs";

const DAYS_MS = 7 * 24 * 3600 * 1000;

const drafts = signal(new Map()); // by key

export const keyOf = ({ serial, item, attempt }) => `${serial}/${item}/${attempt}`;

// What was found so far: outcome, defects and photos by point, and small pictures by hash.
export function draftOf(place) {
  const { serial, item, attempt } = place;
  return drafts.value.get(keyOf(place)) ?? { serial, item, attempt, key: keyOf(place), points: {}, thumbs: {} };
}

export async function loadDrafts() {
  const found = await all("drafts");
  const old = found.filter((draft) => Date.now() - draft.at > DAYS_MS);
  if (old.length) await write({ deletes: old.map((draft) => ["drafts", draft.key]) });
  drafts.value = new Map(found.filter((draft) => !old.includes(draft)).map((draft) => [draft.key, draft]));
}

const BLANK = { outcome: null, defects: [], photos: [] };

export const foundAt = (place, id) => draftOf(place).points[id] ?? BLANK;

// Takes what changes, by point: outcome, defects, photos; and small pictures by hash.
export async function change(place, patches, thumbs = {}) {
  const before = draftOf(place);
  const changed = Object.entries(patches).map(([id, patch]) => [id, { ...foundAt(place, id), ...patch }]);
  const points = { ...before.points, ...Object.fromEntries(changed) };
  const draft = { ...before, points, thumbs: { ...before.thumbs, ...thumbs }, at: Date.now() };
  put(drafts, draft.key, draft);
  await write({ puts: [["drafts", draft]] });
}

// The draft leaves memory; whoever calls takes it out of the store, in the transaction of what replaces it.
export const forgetDraft = (key) => put(drafts, key, null);
