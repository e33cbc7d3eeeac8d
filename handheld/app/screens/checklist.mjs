// The check-lists of a stage: every planned point is passed, failed with a defect, or does not apply.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { SIGNS, checklistOf, itemsOf } from "../codes.mjs";
import { change, foundAt } from "../drafts.mjs";
import { html } from "../html.mjs";
import { handIn, listEntry } from "../outbox.mjs";
import { itemName } from "../parts.mjs";
import * as state from "../state.mjs";
import { pick, t } from "../text.mjs";
import { Fail } from "./fail.mjs";
import { Findings } from "./findings.mjs";
import { HandedIn } from "./handed_in.mjs";
import { Head } from "./head.mjs";
import { More } from "./more.mjs";
import { Photos } from "./photos.mjs";

const lacksPhoto = (point, found) => point.photo && found.outcome !== "not_applicable" && !found.photos.length;

// The planned points with their words; one that the catalogue does not know stands with its number.
function pointsOf(checklist) {
  const known = new Map((state.catalogue.value?.points ?? []).filter((p) => p.item === checklist.item).map((p) => [p.id, p]));
  return checklist.planned.map((id) => known.get(id) ?? { id, number: id, name: null, group: "", defects: [], photo: false });
}

function Choice({ point, found, onChoose }) {
  return html`<div class="choice3" role="radiogroup" aria-label=${pick(point.name)}>
    ${["pass", "fail", "not_applicable"].map((outcome) => html`<button key=${outcome} role="radio"
      class="act ${outcome} ${found.outcome === outcome ? "chosen" : ""}" aria-checked=${found.outcome === outcome}
      onClick=${() => onChoose(outcome)}><span aria-hidden="true">${SIGNS[outcome]}</span> ${t(`point.${outcome}`)}</button>`)}
  </div>`;
}

function Point({ place, point, onFail }) {
  const found = foundAt(place, point.id);
  const choose = (outcome) => (outcome === "fail" ? onFail(point) : change(place, { [point.id]: { outcome, defects: [] } }));
  return html`<article class="point ${found.outcome ?? "open"}" data-point=${point.id}>
    <h3><span class="number">${point.number}</span> ${pick(point.name) || point.id}</h3>
    ${point.hint && html`<p class="soft">${pick(point.hint)}</p>`}
    ${found.outcome === "fail" && html`<${Findings} point=${point} defects=${found.defects} />`}
    ${(point.photo || found.photos.length > 0) && html`<${Photos} place=${place} point=${point}
      lacking=${lacksPhoto(point, found)} />`}
    <${Choice} point=${point} found=${found} onChoose=${choose} />
  </article>`;
}

function groupsOf(points) {
  const groups = new Map();
  points.forEach((point) => groups.set(point.group, [...(groups.get(point.group) ?? []), point]));
  return [...groups];
}

// What the button at the foot does next: fill up, show what lacks, hand in.
function Foot({ place, points, onShow, onDone }) {
  const open = points.filter((point) => !foundAt(place, point.id).outcome);
  const lacking = points.filter((point) => lacksPhoto(point, foundAt(place, point.id)));
  const failed = points.filter((point) => foundAt(place, point.id).outcome === "fail").length;
  const passRest = () => change(place, Object.fromEntries(open.map(({ id }) => [id, { outcome: "pass" }])));
  const submit = () => handIn(place, points.map(({ id }) => ({ point: id, ...foundAt(place, id) }))).then(onDone);
  const progress = html`<span class="soft">${t("list.progress", { done: points.length - open.length, all: points.length })}</span>`;
  if (open.length) return html`${progress}<button class="act huge" onClick=${passRest}>✓ ${t("list.rest_pass", { count: open.length })}</button>`;
  if (lacking.length) return html`${progress}<button class="act huge warn" onClick=${() => onShow(lacking[0].id)}>${t("list.lacks_photos", { count: lacking.length })}</button>`;
  return html`${progress}<button class="act huge main" onClick=${submit}>${failed ? t("list.hand_in_failed", { count: failed }) : t("list.hand_in_passed")}</button>`;
}

function List({ place, points, onDone }) {
  const failing = useSignal(null);
  const page = useRef(null);
  const show = (id) => page.current.querySelector(`[data-point="${CSS.escape(id)}"]`).scrollIntoView({ block: "center" });
  return html`<div class="list" ref=${page}>
    ${groupsOf(points).map(([group, members]) => html`<section key=${group}>
      ${group && html`<h2>${t(`group.${group}`)}</h2>`}
      ${members.map((point) => html`<${Point} key=${point.id} place=${place} point=${point}
        onFail=${(one) => (failing.value = one)} />`)}
    </section>`)}
    <div class="foot"><${Foot} place=${place} points=${points} onShow=${show} onDone=${onDone} /></div>
    ${failing.value && html`<${Fail} place=${place} point=${failing.value} onDone=${() => (failing.value = null)} />`}
  </div>`;
}

function progressOf(place, checklist) {
  if (listEntry(place)) return "⇪";
  return `${checklist.planned.filter((id) => foundAt(place, id).outcome).length}/${checklist.planned.length}`;
}

function Tabs({ tabs, chosen, onChoose }) {
  return html`<div class="tabs lists-of-stage" role="tablist">${tabs.map(({ item, mark }) => html`<button key=${item} role="tab" class="tab"
    aria-selected=${item === chosen} onClick=${() => onChoose(item)}>${itemName(item)} <b>${mark}</b></button>`)}</div>`;
}

export function Checklists({ snapshot, stage }) {
  const { serial, inspection } = snapshot;
  const choice = useSignal(null);
  const items = itemsOf(inspection, stage);
  const open = items.filter((item) => item.state !== "done");
  const placeOf = (item) => ({ serial, item, attempt: inspection.attempts.length });
  const waits = open.filter((item) => !listEntry(placeOf(item.code)));
  const chosen = open.some((item) => item.code === choice.value) ? choice.value : (waits[0] ?? open[0])?.code;
  const checklist = chosen && checklistOf(inspection, chosen);
  const tabs = open.map(({ code }) => ({ item: code, mark: progressOf(placeOf(code), checklistOf(inspection, code) ?? { planned: [] }) }));
  return html`<div class="page checklist ${stage}">
    <${Head} snapshot=${snapshot} stage=${stage} />
    ${tabs.length > 1 && html`<${Tabs} tabs=${tabs} chosen=${chosen} onChoose=${(item) => (choice.value = item)} />`}
    ${!checklist && html`<p class="empty">${t("list.none")}</p>`}
    ${checklist && (listEntry(placeOf(chosen))
      ? html`<${HandedIn} entry=${listEntry(placeOf(chosen))} />`
      : html`<${List} key=${chosen} place=${placeOf(chosen)} points=${pointsOf(checklist)}
        onDone=${() => (choice.value = null)} />`)}
    <${More} snapshot=${snapshot} stage=${stage} items=${items} />
  </div>`;
}
