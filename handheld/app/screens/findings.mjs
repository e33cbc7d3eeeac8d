// The defects of a point, one line each.
import { html } from "../html.mjs";
import { catalogue } from "../state.mjs";
import { pick } from "../text.mjs";

const nameOf = (point, code) => pick(point.defects.find((defect) => defect.code === code)?.name) || code;
const placeOf = (location) => pick(catalogue.value?.locations[location]) || location;

export function Findings({ point, defects }) {
  return html`<ul class="findings">${defects.map((defect) => html`<li key=${defect.code}>
    ✗ ${[nameOf(point, defect.code), defect.location && placeOf(defect.location), defect.note].filter(Boolean).join(" · ")}</li>`)}</ul>`;
}
