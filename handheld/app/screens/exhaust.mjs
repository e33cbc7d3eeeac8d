// An exhaust run, live. Petrol: engine speed against its target, and the gases.
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Curve } from "../curve.mjs";
import { html } from "../html.mjs";
import { Series, onFrames } from "../live.mjs";
import { rigOf } from "../state.mjs";
import { t } from "../text.mjs";
import { Run, promptOf } from "./run.mjs";
import { Smoke } from "./smoke.mjs";

const GASES = [["co", "CO", "% vol"], ["hc", "HC", "10⁻⁶"], ["co2", "CO₂", "% vol"], ["lambda", "λ", ""]];
const SERIES = [{ colour: "--left" }];
const SCALES = [{ divisor: 1, least: 1500 }];
const NUMBERS_MS = 150;

// The prompt names the band to be kept; without one any speed is right.
function band(prompt) {
  const [low, high] = [Number(prompt?.target?.low), Number(prompt?.target?.high)];
  return high > 0 ? { low, high } : null;
}

function side(speed, target) {
  if (!target || speed === null) return "";
  if (speed < target.low) return "low";
  return speed > target.high ? "high" : "right";
}

function Numbers({ trace, target }) {
  const now = useRef(null);
  const word = useRef(null);
  const gases = useRef({});
  useEffect(() => onFrames(now, () => {
    const speed = trace.last(0);
    const where = side(speed, target);
    now.current.textContent = speed === null ? "–" : String(speed);
    word.current.textContent = where && t(`speed.${where}`);
    word.current.className = `speed-word ${where}`;
    for (const [name] of GASES) gases.current[name].textContent = trace.values[name] ?? "–";
  }, NUMBERS_MS), [trace, target?.low, target?.high]);
  return html`<div class="engine">
    <div class="speed">
      <span class="force-name">${t("speed")} 1/min</span>
      <output class="force-now" ref=${now} data-channel="engine_speed">–</output>
      <b ref=${word} class="speed-word"></b>
      <span class="speed-target">${target && t("speed.target", target)}</span>
    </div>
    <dl class="gases">${GASES.map(([name, label, unit]) => html`<div key=${name}>
      <dt>${label} <span class="soft">${unit}</span></dt><dd ref=${(box) => (gases.current[name] = box)}>–</dd></div>`)}</dl>
  </div>`;
}

// The rig in the bay says which of the two tests it is.
export function Exhaust(props) {
  return rigOf(props.bay.rig)?.kind === "smoke" ? html`<${Smoke} ...${props} />` : html`<${DoubleIdle} ...${props} />`;
}

function DoubleIdle({ snapshot, bay }) {
  const trace = useMemo(() => new Series(["engine_speed"]), []);
  const target = band(promptOf(bay.bay, snapshot.serial));
  return html`<${Run} snapshot=${snapshot} stage="exhaust" bay=${bay} trace=${trace}>
    <${Numbers} trace=${trace} target=${target} />
    <${Curve} trace=${trace} series=${SERIES} scales=${SCALES} />
  <//>`;
}
