// Log in with staff number and PIN, on keys that work with gloves on.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { html } from "../html.mjs";
import { Act, InsecureNote } from "../parts.mjs";
import { connection, logIn, station } from "../state.mjs";
import { command, open } from "../station.mjs";
import { pick, t } from "../text.mjs";

const PIN_LEAST = 4;
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "abc", "0", "back"];

function Keypad({ onKey }) {
  const faces = { back: "⌫", abc: "ABC" };
  return html`<div class="keypad">
    ${KEYS.map((key) => html`<button type="button" class="key" key=${key} aria-label=${key in faces ? t(`key.${key}`) : key}
      onClick=${() => onKey(key)}>${faces[key] ?? key}</button>`)}
  </div>`;
}

export function Login() {
  const fields = { staff: useSignal(""), pin: useSignal("") };
  const active = useSignal("staff");
  const typing = useSignal(false);
  const inputs = { staff: useRef(null), pin: useRef(null) };

  function press(key) {
    const field = fields[active.value];
    if (key === "abc") {
      typing.value = !typing.value;
      inputs[active.value].current.focus();
    } else field.value = key === "back" ? field.value.slice(0, -1) : field.value + key;
  }

  async function submit(event) {
    event.preventDefault();
    if (active.value === "staff" && !fields.pin.value) {
      inputs.pin.current.focus();
      return;
    }
    const reply = await command("session.open", { staff: fields.staff.value.trim(), pin: fields.pin.value });
    fields.pin.value = "";
    if (reply) logIn(reply.body);
  }

  const field = (name, type) => html`<label class="field ${active.value === name ? "active" : ""}">
    <span>${t(`login.${name}`)}</span>
    <input name=${name} type=${type} ref=${inputs[name]} value=${fields[name].value} autocomplete="off"
      inputmode=${typing.value ? "text" : "none"} onFocus=${() => (active.value = name)}
      onInput=${(e) => (fields[name].value = e.target.value)} />
  </label>`;

  const next = active.value === "staff" && !fields.pin.value;
  const ready = next ? fields.staff.value : fields.staff.value && fields.pin.value.length >= PIN_LEAST;
  return html`<form class="page login" onSubmit=${submit}>
    <div class="login-fields">
      <h1>${pick(station.value?.name) || t("app.name")}</h1>
      ${field("staff", "text")}${field("pin", "password")}
      ${connection.value === "elsewhere" && html`<button type="button" class="act" onClick=${open}>${t("elsewhere.here")}</button>`}
      <${Act} kind="main" disabled=${!ready} needsLine=${!next}>${t(next ? "login.next" : "login.do")}<//>
      <${InsecureNote} />
    </div>
    <${Keypad} onKey=${press} />
  </form>`;
}
