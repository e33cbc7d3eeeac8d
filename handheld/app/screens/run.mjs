// What the runs on rigs have in common: the prompt, the frame, the way out.
import { useEffect, useRef } from "preact/hooks";
import { itemsOf } from "../codes.mjs";
import { html } from "../html.mjs";
import { left, onFrames } from "../live.mjs";
import * as state from "../state.mjs";
import { watchLive } from "../station.mjs";
import { pick, t } from "../text.mjs";
import { More } from "./more.mjs";
import { Head, Items } from "./head.mjs";
import { LastVerdict } from "./verdict.mjs";

const TICK_MS = 100;

export function promptOf(bay, serial) {
  const prompt = state.prompts.value.get(bay);
  return prompt && prompt.serial === serial ? prompt : null;
}

// How wide a sentence is in units of one Chinese character.
const width = (words) => [...words].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e7f ? 1 : 0.56), 0);

function Countdown({ prompt }) {
  const box = useRef(null);
  useEffect(() => onFrames(box, () => {
    const seconds = left(prompt);
    box.current.textContent = seconds === null ? "" : Math.ceil(seconds);
  }, TICK_MS), [prompt]);
  return prompt.countdown_s == null ? null : html`<span class="countdown" ref=${box} aria-hidden="true"></span>`;
}

function Words({ children }) {
  return html`<b class="prompt-words" style=${`--wide: ${Math.max(4, width(children))}`}>${children}</b>`;
}

export function PromptBox({ prompt, rig }) {
  if (rig && rig.state !== "online") {
    return html`<div class="prompt down" role="alert"><${Words}>${`✕ ${t(`rig.${rig.state}`)}`}<//>
      <span class="prompt-detail">${pick(rig.reason)}</span></div>`;
  }
  if (!prompt) return html`<div class="prompt" role="status"><${Words}>${t("prompt.none")}<//></div>`;
  return html`<div class="prompt" role="status" data-code=${prompt.code}>
    <${Words}>${pick(prompt.text)}<//>
    <${Countdown} prompt=${prompt} />${prompt.detail && html`<span class="prompt-detail">${pick(prompt.detail)}</span>`}
  </div>`;
}

// After the last item the line still says where to drive.
export function DriveOff({ bay, serial }) {
  const prompt = promptOf(bay, serial);
  return prompt && html`<${PromptBox} prompt=${prompt} />`;
}

function keepAwake() {
  let lock = null;
  const ask = () => document.visibilityState === "visible"
    && navigator.wakeLock?.request("screen").then((one) => (lock = one), () => {});
  ask();
  document.addEventListener("visibilitychange", ask);
  return () => {
    document.removeEventListener("visibilitychange", ask);
    lock?.release();
  };
}

// The frame of a run: `children` show the numbers and the curve of `trace`, where the run has any,
// or the items themselves (`items` false: not once more at the foot).
export function Run({ snapshot, stage, bay, trace, items, children }) {
  useEffect(keepAwake, []);
  useEffect(() => trace && watchLive(bay.lane, bay.rig, (live) => live.serial === snapshot.serial && trace.add(live)), [bay.rig]);
  const all = itemsOf(snapshot.inspection, stage);
  return html`<div class="page run">
    <${Head} snapshot=${snapshot} stage=${stage} />
    <${PromptBox} prompt=${promptOf(bay.bay, snapshot.serial)} rig=${state.rigOf(bay.rig)} />
    ${children}
    <div class="run-foot">
      ${items !== false && html`<${Items} items=${all} running=${bay.item} /><${LastVerdict} items=${all} />`}
      <${More} snapshot=${snapshot} stage=${stage} items=${all} />
    </div>
  </div>`;
}
