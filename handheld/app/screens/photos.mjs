// The pictures of a point: take one, see whether the station has it, take it out again.
import { useSignal } from "@preact/signals";
import { change, draftOf, foundAt } from "../drafts.mjs";
import { html } from "../html.mjs";
import { addPhoto, discard, photoEntry, sending, withoutPhoto } from "../outbox.mjs";
import { canHash, shrink } from "../photo.mjs";
import { notice } from "../state.mjs";
import { pick, t } from "../text.mjs";

const MARKS = { waiting: "○", sent: "⇪", kept: "✓", refused: "✕" };

// A picture that the station keeps is no longer on this device, but for its small one.
function stateOf(entry) {
  if (!entry) return "kept";
  if (entry.state === "refused") return "refused";
  return sending.value === entry.id ? "sent" : "waiting";
}

function Thumb({ place, point, sha256, thumb }) {
  const entry = photoEntry(place, point.id, sha256);
  const how = stateOf(entry);
  const remove = () => (entry ? discard(entry) : withoutPhoto(place, point.id, sha256));
  return html`<figure class="thumb ${how}" data-photo=${how}>
    <img src=${thumb} alt=${t("photo.of", { point: pick(point.name) })} />
    <figcaption>${MARKS[how]} ${t(`photo.${how}`)}</figcaption>
    ${how !== "sent" && html`<button class="thumb-remove" aria-label=${t("photo.remove")} onClick=${remove}>✕</button>`}
  </figure>`;
}

async function take(place, point, file) {
  let picture;
  try {
    picture = await shrink(file);
  } catch {
    notice.value = "photo.unreadable";
    return;
  }
  const { sha256, thumb } = picture;
  if (foundAt(place, point.id).photos.includes(sha256)) return;
  // First the picture, then the draft that names it: a draft never names what is not there.
  await addPhoto(place, point.id, picture);
  await change(place, { [point.id]: { photos: [...foundAt(place, point.id).photos, sha256] } }, { [sha256]: thumb });
}

function Camera() {
  return html`<svg class="camera-icon" viewBox="0 0 28 24" aria-hidden="true">
    <path d="M2 6 h6 l2 -3 h8 l2 3 h6 v15 h-24 z" /><circle cx="14" cy="13" r="5" /></svg>`;
}

export function Photos({ place, point, lacking = false }) {
  const busy = useSignal(false);
  const { photos } = foundAt(place, point.id);
  const { thumbs } = draftOf(place);
  if (!canHash()) return html`<p class="warn">⚠ ${t("photo.insecure")}</p>`;
  const changed = async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    busy.value = true;
    await take(place, point, file).finally(() => (busy.value = false));
    event.target.value = "";
  };
  return html`<div class="photos">
    ${photos.map((sha256) => html`<${Thumb} key=${sha256} place=${place} point=${point} sha256=${sha256} thumb=${thumbs[sha256]} />`)}
    <label class="act camera ${lacking ? "lacking" : ""}"><${Camera} />${t(busy.value ? "photo.busy" : lacking ? "photo.needed" : "photo.take")}
      <input type="file" accept="image/*" capture="environment" disabled=${busy.value} onChange=${changed} /></label>
  </div>`;
}
