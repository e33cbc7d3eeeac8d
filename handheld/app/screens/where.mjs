// Where on the vehicle: it is tapped on a drawing seen from above, the nose up.
import { LOCATIONS } from "../codes.mjs";
import { html } from "../html.mjs";
import { catalogue } from "../state.mjs";
import { pick, t } from "../text.mjs";

function Car() {
  return html`<svg class="car" viewBox="0 0 120 200" aria-hidden="true">
    <rect x="20" y="34" width="9" height="30" rx="4" /><rect x="91" y="34" width="9" height="30" rx="4" />
    <rect x="20" y="138" width="9" height="30" rx="4" /><rect x="91" y="138" width="9" height="30" rx="4" />
    <path class="body" d="M34 30 Q36 8 60 8 Q84 8 86 30 L90 70 L90 140 L86 178 Q84 192 60 192 Q36 192 34 178 L30 140 L30 70 Z" />
    <path d="M38 70 Q60 58 82 70 L77 88 Q60 82 43 88 Z" /><path d="M43 148 Q60 154 77 148 L80 164 Q60 172 40 164 Z" />
  </svg>`;
}

export function Where({ chosen, onChoose }) {
  const names = catalogue.value?.locations ?? {};
  return html`<div class="where" role="radiogroup" aria-label=${t("fail.where")}>
    <${Car} />
    ${LOCATIONS.map((place) => html`<button key=${place} class="spot ${place} ${place === chosen ? "chosen" : ""}" role="radio"
      aria-checked=${place === chosen} data-where=${place} onClick=${() => onChoose(place === chosen ? null : place)}>
      ${pick(names[place]) || place}</button>`)}
  </div>`;
}
