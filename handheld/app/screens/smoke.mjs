// Free acceleration, live: the smoke and the engine's speed, and both as curves.
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Curve } from "../curve.mjs";
import { html } from "../html.mjs";
import { Series, onFrames, showNumber } from "../live.mjs";
import { t } from "../text.mjs";
import { Run } from "./run.mjs";

const SERIES = [{ colour: "--left" }, { colour: "--right", dash: [10, 6], scale: 1 }];
const SCALES = [{ divisor: 1, least: 1 }, { divisor: 1, least: 1500 }];
const NUMBERS_MS = 100;

function Numbers({ trace }) {
  const [k, peak, speed] = [useRef(null), useRef(null), useRef(null)];
  useEffect(() => onFrames(k, () => {
    const smoke = trace.last(0);
    showNumber(k.current, smoke === null ? "–" : smoke.toFixed(2));
    peak.current.textContent = smoke === null ? "–" : trace.peak(0).toFixed(2);
    showNumber(speed.current, String(trace.last(1) ?? "–"));
  }, NUMBERS_MS), [trace]);
  return html`<div class="forces">
    <div class="force left"><span class="force-name"><span class="key-line" aria-hidden="true"></span> ${t("smoke")}</span>
      <output class="force-now" ref=${k} data-channel="k">–</output>
      <span class="soft">${t("force.peak")} <span ref=${peak}>–</span> m⁻¹</span></div>
    <div class="force right"><span class="force-name"><span class="key-line right" aria-hidden="true"></span> ${t("speed")}</span>
      <output class="force-now" ref=${speed} data-channel="engine_speed">–</output><span class="soft">1/min</span></div>
  </div>`;
}

export function Smoke({ snapshot, bay }) {
  const trace = useMemo(() => new Series(["k", "engine_speed"]), []);
  return html`<${Run} snapshot=${snapshot} stage="exhaust" bay=${bay} trace=${trace}>
    <${Numbers} trace=${trace} />
    <${Curve} trace=${trace} series=${SERIES} scales=${SCALES} />
  <//>`;
}
