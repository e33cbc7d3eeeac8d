// A brake run, live: two forces in large numbers, and their curves.
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Curve } from "../curve.mjs";
import { html } from "../html.mjs";
import { Trace, onFrames, showNumber } from "../live.mjs";
import { t } from "../text.mjs";
import { Run } from "./run.mjs";

const SIDES = ["left", "right"];
const SERIES = [{ colour: "--left" }, { colour: "--right", dash: [10, 6] }];
// The trade reads brake forces in units of 10 N.
const UNIT_N = 10;
const SCALES = [{ divisor: UNIT_N, least: 1000 }];
const NUMBERS_MS = 100;

const shown = (force_n) => (force_n === null ? "–" : String(Math.round(force_n / UNIT_N)));

function Forces({ trace }) {
  const place = useRef(null);
  const boxes = { now: [useRef(null), useRef(null)], peak: [useRef(null), useRef(null)] };
  useEffect(() => onFrames(place, () => SIDES.forEach((side, n) => {
    showNumber(boxes.now[n].current, shown(trace.last(n)));
    boxes.peak[n].current.textContent = shown(trace.last(n) === null ? null : trace.peak(n));
  }), NUMBERS_MS), [trace]);
  return html`<div class="forces" ref=${place}>${SIDES.map((side, n) => html`<div class="force ${side}" key=${side}>
    <span class="force-name"><span class="key-line ${side}" aria-hidden="true"></span> ${t(`force.${side}`)}</span>
    <output class="force-now" ref=${boxes.now[n]} data-side=${side}>–</output>
    <span class="soft">${t("force.peak")} <span ref=${boxes.peak[n]}>–</span> × 10 N</span>
  </div>`)}</div>`;
}

export function Brake({ snapshot, bay }) {
  const trace = useMemo(() => new Trace(["force_left", "force_right"]), []);
  return html`<${Run} snapshot=${snapshot} stage="brake" bay=${bay} trace=${trace}>
    <${Forces} trace=${trace} />
    <${Curve} trace=${trace} series=${SERIES} scales=${SCALES} />
  <//>`;
}
