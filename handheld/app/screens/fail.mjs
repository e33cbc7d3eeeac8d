// A point failed: which defects, where on the vehicle, what the inspector adds, and a picture of it.
import { useSignal } from "@preact/signals";
import { change, foundAt } from "../drafts.mjs";
import { html } from "../html.mjs";
import { pick, t } from "../text.mjs";
import { Photos } from "./photos.mjs";
import { Where } from "./where.mjs";

const NOTE_MOST = 500;
function Details({ defect, onChange }) {
  return html`<div class="details">
    <${Where} chosen=${defect.location} onChoose=${(location) => onChange({ ...defect, location })} />
    <label class="field"><span>${t("fail.note")}</span>
      <input name="note" maxlength=${NOTE_MOST} value=${defect.note} autocomplete="off"
        onInput=${(e) => onChange({ ...defect, note: e.target.value })} /></label>
  </div>`;
}

export function Fail({ place, point, onDone }) {
  const found = foundAt(place, point.id);
  const only = point.defects.length === 1 ? [{ code: point.defects[0].code, location: null, note: "" }] : [];
  const defects = useSignal(found.defects.length ? found.defects : only);
  const has = (code) => defects.value.find((defect) => defect.code === code);
  const toggle = (code) => (defects.value = has(code)
    ? defects.value.filter((defect) => defect.code !== code)
    : [...defects.value, { code, location: null, note: "" }]);
  const put = (next) => (defects.value = defects.value.map((defect) => (defect.code === next.code ? next : defect)));
  const save = async () => {
    const noted = defects.value.map((defect) => ({ ...defect, note: defect.note.trim() }));
    await change(place, { [point.id]: { outcome: "fail", defects: noted } });
    onDone();
  };
  return html`<div class="sheet" role="dialog" aria-modal="true" aria-label=${pick(point.name)}><div class="sheet-body fail-sheet">
    <h2>✗ ${pick(point.name)}</h2>
    <p>${t("fail.which")}</p>
    ${point.defects.map(({ code, name }) => html`<div key=${code} class="defect ${has(code) ? "chosen" : ""}">
      <button class="act" role="checkbox" aria-checked=${Boolean(has(code))} onClick=${() => toggle(code)}>
        <span aria-hidden="true">${has(code) ? "☑" : "☐"}</span> ${pick(name)}</button>
      ${has(code) && html`<${Details} defect=${has(code)} onChange=${put} />`}
    </div>`)}
    <${Photos} place=${place} point=${point} />
    <div class="choice sheet-foot">
      <button class="act" onClick=${onDone}>${t("back")}</button>
      <button class="act fail" disabled=${!defects.value.length} onClick=${save}>${t("fail.save")}</button>
    </div>
  </div></div>`;
}
