// A check-list that is handed in and has not reached the line yet, or that the line refused.
import { html } from "../html.mjs";
import { discard, edit, isMine } from "../outbox.mjs";
import { pick, t } from "../text.mjs";
import { toList } from "./head.mjs";

export const time = (ms) => new Date(ms).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });

export function Refusal({ entry }) {
  if (entry.state !== "refused") return null;
  return html`<p class="refusal" role="alert">✕ ${pick(entry.reason) || t("outbox.no_reason")}</p>`;
}

// What can be done with what was refused.
export function WhatNow({ entry, onEdit }) {
  if (entry.state !== "refused" || !isMine(entry)) return null;
  const list = entry.kind !== "photo";
  return html`<div class="choice">
    <button class="act" onClick=${() => discard(entry)}>${t(list ? "outbox.discard" : "outbox.discard_photo")}</button>
    ${list && html`<button class="act main" onClick=${() => edit(entry).then(onEdit)}>${t("outbox.edit")}</button>`}
  </div>`;
}

export function HandedIn({ entry }) {
  const refused = entry.state === "refused";
  return html`<div class="handed-in ${entry.state}">
    ${!refused && html`<p class="big">⇪ ${t("list.handed_in", { time: time(entry.since) })}</p><p>${t("list.handed_in_why")}</p>`}
    <${Refusal} entry=${entry} />
    <${WhatNow} entry=${entry} />
    ${!refused && html`<button class="act main huge" onClick=${toList}>${t("to_list")}</button>`}
  </div>`;
}
