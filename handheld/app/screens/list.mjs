// My vehicles: what I have in hand, then what waits for the stages that I may start.
import { html } from "../html.mjs";
import { entries, isMine } from "../outbox.mjs";
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

// What was done here and has not reached the line yet.
function Unsent({ serial }) {
  const mine = entries.value.filter((one) => one.serial === serial);
  if (!mine.length) return null;
  return mine.some((one) => one.state === "refused") ? html`<span class="tag bad">✕ ${t("outbox.is_refused")}</span>`
    : html`<span class="tag">⇪ ${t("outbox.waiting", { count: mine.length })}</span>`;
}

function InHand() {
  if (!state.inHand.value.length) return null;
  return html`<section><h2>${t("list.in_hand")}</h2>
    ${state.inHand.value.map(({ snapshot, stage }) => html`<${Card} key=${snapshot.serial + stage} snapshot=${snapshot}
      stage=${stage} kind="in-hand"><span class="minutes">▶ ${stageName(stage)}</span><${Unsent} serial=${snapshot.serial} /><//>`)}
  </section>`;
}

function Queue({ stage, vehicles }) {
  return html`<section><h2>${stageName(stage)} <span class="count">${vehicles.length}</span></h2>
    ${vehicles.map((snapshot) => html`<${Card} key=${snapshot.serial} snapshot=${snapshot} stage=${stage}>
      <${Waiting} since=${stageOf(snapshot.inspection, stage).waiting_at} /><//>`)}
  </section>`;
}

// One stage at a time, for those who work on several.
function Filter({ stages, chosen }) {
  const tab = (stage, name, count) => html`<button key=${name} class="tab" role="tab" aria-selected=${stage === chosen}
    onClick=${() => (state.filter.value = stage)}>${name} <b>${count}</b></button>`;
  const all = new Set(stages.flatMap((stage) => state.waitingFor(stage).map((snapshot) => snapshot.serial)));
  return html`<div class="tabs" role="tablist">${tab(null, t("list.all"), all.size)}
    ${stages.map((stage) => tab(stage, stageName(stage), state.waitingFor(stage).length))}</div>`;
}

// One list for each stage in which somebody waits.
function Queues({ stages }) {
  const queues = stages.map((stage) => ({ stage, vehicles: state.waitingFor(stage) })).filter(({ vehicles }) => vehicles.length);
  return html`<div class="queues">
    ${queues.map(({ stage, vehicles }) => html`<${Queue} key=${stage} stage=${stage} vehicles=${vehicles} />`)}
    ${stages.length > 0 && !queues.length && html`<p class="empty">${t("list.empty")}</p>`}
  </div>`;
}

async function logOut() {
  if (await command("session.close", {})) state.person.value = null;
}

export function List() {
  const stages = state.stages.value;
  const chosen = stages.includes(state.filter.value) ? state.filter.value : null;
  const left = entries.value.filter(isMine).length;
  return html`<div class="page">
    ${state.connection.value === "elsewhere" && html`<button class="act main" onClick=${open}>${t("elsewhere.here")}</button>`}
    <${InHand} />
    ${stages.length > 1 && html`<${Filter} stages=${stages} chosen=${chosen} />`}
    <${Queues} stages=${chosen ? [chosen] : stages} />
    ${!stages.length && html`<p class="empty">${t("list.no_stage")}</p>`}
    ${left > 0 && html`<p class="warn">⚠ ${t("outbox.before_log_out", { count: left })}</p>`}
    <${Act} kind="quiet" onClick=${logOut}>${t("log_out", { name: state.person.value.name })}<//>
    <${InsecureNote} />
  </div>`;
}
