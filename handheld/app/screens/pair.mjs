// Pairing: the station gives this device an account, against a code shown at the desk.
import { useSignal } from "@preact/signals";
import { html } from "../html.mjs";
import { Act, InsecureNote } from "../parts.mjs";
import { connection } from "../state.mjs";
import { pair } from "../station.mjs";
import { t } from "../text.mjs";

export function Pair() {
  const code = useSignal("");
  const submit = (event) => {
    event.preventDefault();
    pair(code.value.trim());
  };
  return html`<form class="page narrow" onSubmit=${submit}>
    <h1>${t("pair.title")}</h1>
    ${connection.value === "refused" && html`<p class="warn">${t("pair.void")}</p>`}
    <p>${t("pair.how")}</p>
    <label class="field"><span>${t("pair.code")}</span>
      <input name="code" value=${code.value} onInput=${(e) => (code.value = e.target.value)}
        autocomplete="off" autocapitalize="characters" spellcheck="false" />
    </label>
    <${Act} kind="main" needsLine=${false} disabled=${!code.value.trim()}>${t("pair.do")}<//>
    <${InsecureNote} />
  </form>`;
}
