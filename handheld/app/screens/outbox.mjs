// What has not reached the station yet: what it is, since when, and why it was refused.
import { CHECKLIST_ITEMS, ITEM_STAGES } from "../codes.mjs";
import { html } from "../html.mjs";
import { entries, flush, isMine, sending } from "../outbox.mjs";
import { itemName } from "../parts.mjs";
import * as state from "../state.mjs";
import { pick, t } from "../text.mjs";
import { toList } from "./head.mjs";
import { Refusal, WhatNow, time } from "./handed_in.mjs";

function pointName(entry) {
  const point = state.catalogue.value?.points.find((one) => one.id === entry.point && one.item === entry.item);
  return pick(point?.name) || entry.point;
}

const whatIs = (entry) => entry.kind === "photo"
  ? t("outbox.photo", { point: pointName(entry) })
  : t("outbox.list", { item: itemName(entry.item) });

function how(entry) {
  if (entry.state === "refused") return t("outbox.is_refused");
  if (!isMine(entry)) return t("outbox.other_person", { name: entry.name });
  return t(sending.value === entry.id ? "outbox.is_sent" : "outbox.is_waiting");
}

const toStage = (entry) => CHECKLIST_ITEMS.includes(entry.item) && state.go(`#/stage/${entry.serial}/${ITEM_STAGES[entry.item]}`);

function Entry({ entry }) {
  return html`<article class="entry ${entry.state}" data-entry=${entry.kind}>
    ${entry.thumb && html`<img src=${entry.thumb} alt="" />`}
    <div class="entry-words"><b>${whatIs(entry)}</b>
      <span><span class="plate-small" lang="zh-CN">${entry.plate}</span> <span class="soft">${t("outbox.since", { time: time(entry.since) })}</span></span>
      <span class="soft">${how(entry)}</span></div>
    <${Refusal} entry=${entry} /><${WhatNow} entry=${entry} onEdit=${() => toStage(entry)} />
  </article>`;
}

export function Outbox() {
  const kept = entries.value;
  return html`<div class="page">
    <div class="head"><button class="back" onClick=${toList} aria-label=${t("to_list")}>‹</button><h1>${t("outbox.title")}</h1></div>
    ${!kept.length && html`<p class="empty">✓ ${t("outbox.empty")}</p>`}
    ${kept.length > 0 && html`<p class="soft">${t("outbox.how")}</p>`}
    <div class="entries">${kept.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} />`)}</div>
    ${kept.length > 0 && html`<div class="foot"><button class="act main" disabled=${!state.ready.value || sending.value !== null}
      onClick=${flush}>${t("outbox.send")}</button></div>`}
  </div>`;
}
