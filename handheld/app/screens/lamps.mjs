// The headlamps: the prompt says what to switch on; each lamp shows what the tester and the rules said of it.
import { LAMPS, SIGNS, itemsOf } from "../codes.mjs";
import { html } from "../html.mjs";
import { pick, t } from "../text.mjs";
import { Run } from "./run.mjs";

// What failed comes first; of a lamp that passed its intensity says enough.
function told(verdict) {
  const bad = verdict.quantities.filter((one) => one.outcome !== "pass" && one.outcome !== "not_applicable");
  return bad.length ? bad : verdict.quantities.slice(0, 1);
}

function Lamp({ item }) {
  const how = item.outcome ?? (item.state === "running" ? "now" : "open");
  return html`<article class="lamp ${how}" data-lamp=${item.code}>
    <h2>${t(`lamp.${item.code}`)}</h2>
    <p class="lamp-state"><span aria-hidden="true">${item.outcome ? SIGNS[item.outcome] : how === "now" ? "▶" : "○"}</span>
      ${" "}${t(item.outcome ? `outcome.${item.outcome}` : `lamp.${how}`)}</p>
    ${item.verdict && told(item.verdict).map((one) => html`<p class="lamp-value" key=${one.quantity}>
      <b>${one.shown}</b> <span class="soft"><span class="lamp-name">${pick(one.name)} </span>${one.limit_shown}</span></p>`)}
  </article>`;
}

export function Lamps({ snapshot, bay }) {
  const items = itemsOf(snapshot.inspection, "lamps");
  // Left to right as the driver sees them.
  const lamps = LAMPS.map((code) => items.find((item) => item.code === code)).filter(Boolean);
  return html`<${Run} snapshot=${snapshot} stage="lamps" bay=${bay} items=${false}>
    <div class="lamps">${lamps.map((item) => html`<${Lamp} key=${item.code} item=${item} />`)}</div>
  <//>`;
}
