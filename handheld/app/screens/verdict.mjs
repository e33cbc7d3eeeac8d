// What the rules say about an item: outcome, then value, limit, clause and sentence of each quantity.
import { SIGNS, checklistOf } from "../codes.mjs";
import { html } from "../html.mjs";
import { itemName } from "../parts.mjs";
import { catalogue } from "../state.mjs";
import { pick, t } from "../text.mjs";
import { Findings } from "./findings.mjs";

export function Outcome({ outcome }) {
  return html`<span class="outcome ${outcome}"><span aria-hidden="true">${SIGNS[outcome]}</span> ${t(`outcome.${outcome}`)}</span>`;
}

function Quantity({ one }) {
  return html`<div class="quantity ${one.outcome}">
    <div class="quantity-top"><span>${pick(one.name)}</span><${Outcome} outcome=${one.outcome} /></div>
    <div class="quantity-numbers">
      <span class="value">${one.shown}</span>
      <span class="limit">${t("limit")} ${one.limit_shown}</span>
    </div>
    <p class="sentence">${pick(one.sentence)}</p>
    <p class="soft">${one.clause}${one.confirmed ? "" : ` · ${t("unconfirmed")}`}</p>
  </div>`;
}

// The points of a check-list that failed, with their defects and what the inspector wrote.
function Points({ snapshot, item }) {
  const failed = (checklistOf(snapshot.inspection, item.code)?.results ?? []).filter((result) => result.outcome === "fail");
  return failed.map((result) => {
    const point = catalogue.value?.points.find((one) => one.id === result.point && one.item === item.code);
    const defects = result.defects.map((one, n) => ({ ...one, note: snapshot.notes[`defect.${item.code}.${result.point}.${n + 1}`] }));
    return html`<div class="quantity fail" key=${result.point}><b>${pick(point?.name) || result.point}</b>
      <${Findings} point=${point ?? { defects: [] }} defects=${defects} /></div>`;
  });
}

function why(item) {
  if (item.verdict?.reason) return pick(item.verdict.reason);
  return item.reason ? t(`skip.${item.reason}`) : "";
}

function Verdict({ snapshot, item }) {
  const note = snapshot.notes[item.code];
  const reason = why(item);
  return html`<article class="verdict ${item.outcome}" data-item=${item.code}>
    <h2>${itemName(item.code)} <${Outcome} outcome=${item.outcome} /></h2>
    ${reason && html`<p>${reason}</p>`}
    <${Points} snapshot=${snapshot} item=${item} />
    ${note && html`<p class="note-text">${note}</p>`}
    ${item.verdict?.quantities.map((one) => html`<${Quantity} key=${one.quantity} one=${one} />`)}
    ${item.verdict?.warnings.map((text) => html`<p class="warn">⚠ ${pick(text)}</p>`)}
  </article>`;
}

// The worst first: what failed is what the inspector has to tell.
const ORDER = ["fail", "invalid", "unknown", "pass", "not_applicable"];

export function Verdicts({ snapshot, items }) {
  const done = items.filter((item) => item.outcome);
  done.sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));
  return html`<div class="verdicts">
    ${done.map((item) => html`<${Verdict} key=${item.code} snapshot=${snapshot} item=${item} />`)}
  </div>`;
}

// One line for the item that was done last, while the next one is under way.
export function LastVerdict({ items }) {
  const done = items.filter((item) => item.outcome && item.verdict);
  const item = done[done.length - 1];
  if (!item) return null;
  const worst = item.verdict.quantities.find((one) => one.outcome === item.outcome) ?? item.verdict.quantities[0];
  return html`<div class="last ${item.outcome}">
    <b>${itemName(item.code)}</b> <${Outcome} outcome=${item.outcome} />
    ${worst && html`<span class="last-words">${pick(worst.sentence)}</span>`}
  </div>`;
}
