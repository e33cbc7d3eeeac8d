// Appearance: each manual item is passed, or failed with a note.
import { useSignal } from "@preact/signals";
import { itemsOf } from "../codes.mjs";
import { html } from "../html.mjs";
import { Act, itemName } from "../parts.mjs";
import { command } from "../station.mjs";
import { t } from "../text.mjs";
import { More } from "./more.mjs";
import { Head } from "./head.mjs";

const NOTE_MOST = 500;

function Item({ serial, code }) {
  const failing = useSignal(false);
  const note = useSignal("");
  const record = (outcome) => command("item.record", { serial, item: code, outcome, note: note.value.trim() });
  if (!failing.value) {
    return html`<section class="manual"><h2>${itemName(code)}</h2>
      <div class="choice">
        <${Act} kind="fail huge" onClick=${() => (failing.value = true)}>✗ ${t("outcome.fail")}<//>
        <${Act} kind="pass huge" onClick=${() => record("pass")}>✓ ${t("outcome.pass")}<//>
      </div></section>`;
  }
  return html`<section class="manual"><h2>${itemName(code)}: ✗ ${t("outcome.fail")}</h2>
    <label class="field"><span>${t("note.what")}</span>
      <textarea rows="3" maxlength=${NOTE_MOST} value=${note.value} onInput=${(e) => (note.value = e.target.value)}></textarea>
    </label>
    <div class="choice">
      <button class="act" onClick=${() => (failing.value = false)}>${t("back")}</button>
      <${Act} kind="fail huge" disabled=${!note.value.trim()} onClick=${() => record("fail")}>${t("note.save")}<//>
    </div></section>`;
}

export function Appearance({ snapshot }) {
  const items = itemsOf(snapshot.inspection, "appearance");
  const open = items.filter((item) => item.state !== "done");
  return html`<div class="page">
    <${Head} snapshot=${snapshot} stage="appearance" />
    ${open.map((item) => html`<${Item} key=${item.code} serial=${snapshot.serial} code=${item.code} />`)}
    <${More} snapshot=${snapshot} stage="appearance" items=${items} />
  </div>`;
}
