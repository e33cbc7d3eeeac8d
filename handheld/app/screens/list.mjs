// My vehicles: what I have in hand, then what waits for the stages that I may start.
import { html } from "../html.mjs";
import { About, Act, InsecureNote, Plate, Waiting, stageName } from "../parts.mjs";
import * as state from "../state.mjs";
import { stageOf } from "../codes.mjs";
import { command, open } from "../station.mjs";
import { t } from "../text.mjs";

function Card({ snapshot, stage, kind, children }) {
  const href = `#/stage/${snapshot.serial}/${stage}`;
  return html`<button class="card ${kind}" onClick=${() => state.go(href)} data-serial=${snapshot.serial}>
    <span class="card-top"><${Plate} snapshot=${snapshot} />${children}</span>
    <${About} snapshot=${snapshot} />
  </button>`;
}

function InHand() {
  if (!state.inHand.value.length) return null;
  return html`<section><h2>${t("list.in_hand")}</h2>
    ${state.inHand.value.map(({ snapshot, stage }) => html`<${Card} key=${snapshot.serial + stage} snapshot=${snapshot}
      stage=${stage} kind="in-hand"><span class="minutes">▶ ${stageName(stage)}</span><//>`)}
  </section>`;
}

function Queue({ stage }) {
  const vehicles = state.waitingFor(stage);
  return html`<section><h2>${stageName(stage)} <span class="count">${vehicles.length}</span></h2>
    ${!vehicles.length && html`<p class="empty">${t("list.empty")}</p>`}
    ${vehicles.map((snapshot) => html`<${Card} key=${snapshot.serial} snapshot=${snapshot} stage=${stage}>
      <${Waiting} since=${stageOf(snapshot.inspection, stage).waiting_at} /><//>`)}
  </section>`;
}

async function logOut() {
  if (await command("session.close", {})) state.person.value = null;
}

export function List() {
  const stages = state.stages.value;
  return html`<div class="page">
    ${state.connection.value === "elsewhere" && html`<button class="act main" onClick=${open}>${t("elsewhere.here")}</button>`}
    <${InHand} />
    <div class="queues">${stages.map((stage) => html`<${Queue} key=${stage} stage=${stage} />`)}</div>
    ${!stages.length && html`<p class="empty">${t("list.no_stage")}</p>`}
    <${Act} kind="quiet" onClick=${logOut}>${t("log_out", { name: state.person.value.name })}<//>
    <${InsecureNote} />
  </div>`;
}
