// The top of a stage's screen: which vehicle, which items.
import { SIGNS } from "../codes.mjs";
import { html } from "../html.mjs";
import { About, Plate, itemName, stageName } from "../parts.mjs";
import { go } from "../state.mjs";
import { t } from "../text.mjs";

export const toList = () => go("#/");

export function Head({ snapshot, stage }) {
  return html`<div class="head">
    <button class="back" onClick=${toList} aria-label=${t("to_list")}>‹</button>
    <span class="head-words"><${Plate} snapshot=${snapshot} />
      <span><b>${stageName(stage)}</b> <${About} snapshot=${snapshot} /></span></span>
  </div>`;
}

export function Items({ items, running = null }) {
  return html`<ul class="items">${items.map((item) => {
    const now = item.code === running || item.state === "running";
    const sign = item.outcome ? SIGNS[item.outcome] : now ? "▶" : "○";
    return html`<li key=${item.code} class="item ${item.outcome ?? ""} ${now ? "now" : ""}">
      <span class="item-sign">${sign}</span> ${itemName(item.code)}
      ${item.voided > 0 && html`<span class="soft"> ${t("voided", { count: item.voided })}</span>`}
    </li>`;
  })}</ul>`;
}
