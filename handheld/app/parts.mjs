// Small parts of every screen.
import { signal } from "@preact/signals";
import { html } from "./html.mjs";
import { slow, waiting } from "./commands.mjs";
import { full, refusedCount, waitingCount } from "./outbox.mjs";
import * as state from "./state.mjs";
import { language, pick, switchLanguage, t } from "./text.mjs";

const LINE_SIGNS = { connected: "●", connecting: "…", offline: "⚠", refused: "✕", elsewhere: "⚠", line_offline: "✕", unpaired: "○" };

export const offlineReady = signal(true); // false where the browser keeps no page for us

// Connection and language. Sign and words, not only colour.
export function Bar() {
  const line = state.line.value;
  const good = line === "connected" || line === "unpaired";
  return html`<header class="bar ${good ? "" : "bar-bad"}">
    <span class="bar-state" role="status" data-line=${line}>
      <span class="bar-sign ${line}" aria-hidden="true">${LINE_SIGNS[line]}</span>
      <span>${t(`line.${line}`)}</span>
    </span>
    <${OutboxButton} />
    ${state.station.value?.simulated && html`<span class="tag">${t("simulated")}</span>`}
    <button class="bar-button" onClick=${switchLanguage} aria-label=${t("language.switch")}>${t("language.other")}</button>
  </header>`;
}

// How much has not reached the station yet; opens the list of it.
function OutboxButton() {
  const [waits, refused] = [waitingCount.value, refusedCount.value];
  if (!waits && !refused) return null;
  // What was refused needs a person; what waits goes by itself.
  return html`<button class="bar-button bar-outbox ${refused ? "refused" : ""}" onClick=${() => state.go("#/outbox")}>
    ${refused ? `✕ ${t("outbox.refused", { count: refused })}` : `⇪ ${t("outbox.waiting", { count: waits })}`}
  </button>`;
}

// What went wrong, in the words of whoever refused it.
export function Notice() {
  const notice = state.notice.value;
  if (!notice) return null;
  const words = typeof notice === "string" ? t(notice) : pick(notice);
  return html`<div class="notice" role="alert">
    <span class="notice-sign" aria-hidden="true">!</span><span>${words}</span>
    <button class="notice-close" onClick=${() => (state.notice.value = null)} aria-label=${t("close")}>✕</button>
  </div>`;
}

export function Sending() {
  if (!waiting.value) return null;
  return html`<div class="sending" role="status">${t(slow.value ? "sending.slow" : "sending")}</div>`;
}

export function InsecureNote() {
  return html`${!offlineReady.value && html`<p class="soft note">${t("insecure")}</p>`}
    ${full.value && html`<p class="warn note" role="alert">⚠ ${t("outbox.full")}</p>`}`;
}

// A large button that cannot be pressed while an answer is awaited or the line is away.
export function Act({ onClick, kind = "", disabled = false, needsLine = true, children, ...rest }) {
  const off = disabled || waiting.value > 0 || (needsLine && !state.ready.value);
  return html`<button class="act ${kind}" disabled=${off} onClick=${onClick} ...${rest}>${children}</button>`;
}

export const itemName = (code) => t(`item.${code}`);
export const stageName = (stage) => t(`stage.${stage}`);

export function Plate({ snapshot }) {
  return html`<span class="plate" lang="zh-CN">${snapshot.plate}</span>`;
}

// One line that says which vehicle it is.
export function About({ snapshot }) {
  const { vehicle, attempts } = snapshot.inspection;
  const again = attempts.length > 1;
  return html`<span class="soft">
    ${again && html`<b class="tag">${t("attempt", { number: attempts.length })}</b>`}
    ${" "}${[vehicle?.make_model, vehicle?.vehicle_type, snapshot.serial.split("-").at(-1)].filter(Boolean).join(" · ")}
  </span>`;
}

export function Waiting({ since }) {
  state.minute.value; // drawn again as time goes by
  language.value;
  return html`<span class="minutes">${t("minutes", { minutes: state.minutesSince(since) })}</span>`;
}
