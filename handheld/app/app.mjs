// The inspector's page: which screen, and how it starts.
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { firstScreenStands } from "./first.mjs";
import { html } from "./html.mjs";
import { Bar, Notice, Sending, offlineReady } from "./parts.mjs";
import { restore } from "./memory.mjs";
import { full, loadOutbox } from "./outbox.mjs";
import { List } from "./screens/list.mjs";
import { Login } from "./screens/login.mjs";
import { Outbox } from "./screens/outbox.mjs";
import { Pair } from "./screens/pair.mjs";
import { StageScreen } from "./screens/stage.mjs";
import * as state from "./state.mjs";
import { open, pair } from "./station.mjs";
import { loadTexts } from "./text.mjs";

const REGISTER_MS = 1000;

function Screen() {
  if (!state.pairing.value || state.connection.value === "refused") return html`<${Pair} />`;
  if (!state.person.value) return html`<${Login} />`;
  const [, name, serial, stage] = state.route.value.split("/");
  if (name === "outbox") return html`<${Outbox} />`;
  if (name === "stage") return html`<${StageScreen} key=${serial + stage} serial=${serial} stage=${stage} />`;
  return html`<${List} />`;
}

function App() {
  const route = state.route.value;
  useEffect(() => (state.notice.value = null), [route]);
  return html`<${Bar} /><main><${Screen} /></main><${Sending} /><${Notice} />`;
}

// A browser keeps the page for offline use only over https or on this machine itself.
function keepShell() {
  offlineReady.value = isSecureContext && "serviceWorker" in navigator;
  if (!offlineReady.value) return;
  // The first screen comes first: this fetches every file of the page.
  setTimeout(() => navigator.serviceWorker.register("./sw.js").catch(() => (offlineReady.value = false)), REGISTER_MS);
}

// The code in the address (from the desk's QR) is used once and leaves the address.
async function pairFromAddress() {
  const code = new URLSearchParams(location.hash.slice(1)).get("pair");
  if (!code) return false;
  history.replaceState(null, "", location.pathname);
  state.route.value = "";
  await pair(code);
  return true;
}

async function start() {
  await Promise.all([loadTexts(), loadOutbox().catch(() => (full.value = true))]);
  keepShell();
  addEventListener("hashchange", pairFromAddress);
  if (!(await pairFromAddress())) open();
  await restore().catch(() => {});
  render(html`<${App} />`, document.getElementById("app"));
  firstScreenStands();
}

start();
