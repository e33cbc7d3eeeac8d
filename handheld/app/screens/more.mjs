// The seldom needed ways out of a stage: an item cannot be measured, or the stage is given back.
import { useSignal } from "@preact/signals";
import { SKIP_REASONS, byPerson } from "../codes.mjs";
import { html } from "../html.mjs";
import { Act, itemName } from "../parts.mjs";
import { command } from "../station.mjs";
import { t } from "../text.mjs";

function Skip({ serial, items, onDone }) {
  const open = items.filter((item) => item.state !== "done" && item.code !== "BV");
  const item = useSignal(null);
  const skip = async (reason) => (await command("item.skip", { serial, item: item.value, reason })) && onDone();
  if (!item.value) {
    return html`<h2>${t("skip.which")}</h2>
      ${open.map(({ code }) => html`<button class="act" key=${code} onClick=${() => (item.value = code)}>${itemName(code)}</button>`)}`;
  }
  return html`<h2>${itemName(item.value)}: ${t("skip.why")}</h2>
    ${SKIP_REASONS.map((reason) => html`<${Act} key=${reason} onClick=${() => skip(reason)}>${t(`skip.${reason}`)}<//>`)}`;
}

function GiveBack({ serial, stage, onDone }) {
  const reason = useSignal("");
  const give = async () => (await command("stage.release", { serial, stage, reason: reason.value.trim() })) && onDone();
  return html`<label class="field"><span>${t("release.why")}</span>
      <input name="reason" maxlength="500" value=${reason.value} onInput=${(e) => (reason.value = e.target.value)} /></label>
    <${Act} kind="fail" disabled=${!reason.value.trim()} onClick=${give}>${t("release.do")}<//>`;
}

export function More({ snapshot, stage, items }) {
  const view = useSignal(null);
  const close = () => (view.value = null);
  if (!view.value) {
    return html`<button class="act quiet more" onClick=${() => (view.value = "menu")}>${t("more")}</button>`;
  }
  const { serial } = snapshot;
  return html`<div class="sheet" role="dialog" aria-modal="true" aria-label=${t("more")}><div class="sheet-body">
    ${view.value === "menu" && html`
      ${!byPerson(stage) && html`<button class="act" onClick=${() => (view.value = "skip")}>${t("skip.open")}</button>`}
      <button class="act" onClick=${() => (view.value = "release")}>${t("release.open")}</button>`}
    ${view.value === "skip" && html`<${Skip} serial=${serial} items=${items} onDone=${close} />`}
    ${view.value === "release" && html`<${GiveBack} serial=${serial} stage=${stage} onDone=${close} />`}
    <button class="act quiet" onClick=${close}>${t("back")}</button>
  </div></div>`;
}
