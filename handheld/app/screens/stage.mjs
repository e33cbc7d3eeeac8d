// One vehicle in one stage: before the start, during, after.
import { useSignal } from "@preact/signals";
import { byPerson, itemsOf, kindsOf, stageOf } from "../codes.mjs";
import { html } from "../html.mjs";
import { Act } from "../parts.mjs";
import * as state from "../state.mjs";
import { command } from "../station.mjs";
import { pick, t } from "../text.mjs";
import { Brake } from "./brake.mjs";
import { Checklists } from "./checklist.mjs";
import { Exhaust } from "./exhaust.mjs";
import { Head, Items, toList } from "./head.mjs";
import { Lamps } from "./lamps.mjs";
import { DriveOff } from "./run.mjs";
import { Verdicts } from "./verdict.mjs";

const RUNS = { brake: Brake, lamps: Lamps, exhaust: Exhaust };

export function StageScreen({ serial, stage }) {
  const snapshot = state.inspections.value.get(serial);
  const record = snapshot && stageOf(snapshot.inspection, stage);
  if (!record) {
    return html`<div class="page"><p class="empty">${t("stage.gone")}</p>
      <button class="act main" onClick=${toList}>${t("to_list")}</button></div>`;
  }
  if (record.finished_at) return html`<${Done} snapshot=${snapshot} stage=${stage} bay=${record.bay} />`;
  if (!record.started_at) return html`<${Before} snapshot=${snapshot} stage=${stage} />`;
  if (record.by !== state.person.value.staff) {
    return html`<div class="page"><${Head} snapshot=${snapshot} stage=${stage} />
      <p class="empty">${t("stage.other_person")}</p>
      <button class="act main" onClick=${toList}>${t("to_list")}</button></div>`;
  }
  if (byPerson(stage)) return html`<${Checklists} snapshot=${snapshot} stage=${stage} />`;
  const bay = state.baysOf(stage).find((one) => one.bay === record.bay);
  // After a reload the vehicle's snapshot may come before the station's bays.
  if (!bay) return html`<div class="page"><${Head} snapshot=${snapshot} stage=${stage} /><p class="empty">${t("line.connecting")}</p></div>`;
  return html`<${RUNS[stage]} snapshot=${snapshot} bay=${bay} />`;
}

// Why a bay cannot be used now, null if it can.
function trouble(bay, serial) {
  const lock = state.lockOf(bay.bay) ?? state.lockOf(bay.rig);
  const rig = bay.rig ? state.rigOf(bay.rig) : null;
  if (bay.serial && bay.serial !== serial) {
    return t("bay.taken", { plate: state.inspections.value.get(bay.serial)?.plate ?? bay.serial });
  }
  if (lock) return `${pick(lock.reason)} ${pick(lock.remedy)}`;
  return rig && rig.state !== "online" ? `${t(`rig.${rig.state}`)}: ${pick(rig.reason)}` : null;
}

// The bays that can do what is open on the vehicle: petrol and diesel have rigs of their own.
function baysFor(snapshot, stage) {
  const kinds = kindsOf(snapshot.inspection, stage);
  const bays = state.baysOf(stage);
  const able = bays.filter((bay) => !bay.rig || kinds.includes(state.rigOf(bay.rig)?.kind));
  return able.length ? able : bays;
}

function BayChoice({ bays, chosen, onChoose, serial }) {
  return html`<div class="bays" role="radiogroup" aria-label=${t("bay")}>
    ${bays.map((bay) => {
      const why = trouble(bay, serial);
      return html`<button class="bay ${bay.bay === chosen ? "chosen" : ""}" role="radio" key=${bay.bay}
        aria-checked=${bay.bay === chosen} onClick=${() => onChoose(bay.bay)}>
        <b>${bay.bay === chosen ? "◉" : "○"} ${bay.bay}</b>
        <span class=${why ? "warn" : "soft"}>${why ? `⚠ ${why}` : `✓ ${t("bay.free")}`}</span>
      </button>`;
    })}
  </div>`;
}

function Before({ snapshot, stage }) {
  const bays = baysFor(snapshot, stage);
  const choice = useSignal(null);
  const chosen = choice.value ?? (bays.find((bay) => !trouble(bay, snapshot.serial)) ?? bays[0])?.bay ?? null;
  const start = () => command("stage.start", { serial: snapshot.serial, stage, bay: chosen }, { moves: true });
  return html`<div class="page with-foot">
    <${Head} snapshot=${snapshot} stage=${stage} />
    <${Items} items=${itemsOf(snapshot.inspection, stage)} />
    ${bays.length > 0 && html`<${BayChoice} bays=${bays} chosen=${chosen} serial=${snapshot.serial} onChoose=${(bay) => (choice.value = bay)} />`}
    <div class="foot"><${Act} kind="main huge" onClick=${start}>${t(`start.${stage}`)}<//></div>
  </div>`;
}

function Done({ snapshot, stage, bay }) {
  return html`<div class="page with-foot">
    <${Head} snapshot=${snapshot} stage=${stage} />
    <${DriveOff} bay=${bay} serial=${snapshot.serial} />
    <${Verdicts} snapshot=${snapshot} items=${itemsOf(snapshot.inspection, stage)} />
    <div class="foot"><button class="act main huge" onClick=${toList}>${t("to_list")}</button></div>
  </div>`;
}
