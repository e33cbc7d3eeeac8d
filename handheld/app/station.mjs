// The page's side of the contract: what comes in over MQTT, and the commands that go out.
import { answered, resend, send } from "./commands.mjs";
import * as state from "./state.mjs";
import { openLink } from "./mqtt.mjs";

// Retained messages have come by then after a connect: what did not come again is gone.
const SETTLE_MS = 2000;

let link = null;
let root = "";
let stale = new Set();
let settle = 0;
const current = new Set(); // serials that came in this epoch of the line: an older snapshot was sent again
const watchers = new Map(); // live topic -> callback
const retained = new Map(); // retained topic -> forget()
const tabs = new BroadcastChannel("handheld");

export function open() {
  close();
  const pairing = state.pairing.value;
  if (!pairing) return;
  root = `station/${pairing.station}`;
  state.checkSeat();
  state.connection.value = "connecting";
  tabs.postMessage(pairing.client);
  link = openLink(pairing, { onMessage: received, onChange: changed });
  link.subscribe(`${root}/state`);
  link.subscribe(`${root}/client/line/presence`);
  link.subscribe(`${root}/catalogue`);
  link.subscribe(`${root}/inspection/+`);
  link.subscribe(`${root}/lane/+/prompt`);
  link.subscribe(`${root}/client/${pairing.client}/reply`);
}

export function close() {
  link?.close();
  link = null;
}

// The broker lets one connection a handheld live: the tab that was opened last has it.
tabs.onmessage = (event) => {
  if (!link || event.data !== state.pairing.value?.client) return;
  close();
  state.connection.value = "elsewhere";
};

function changed(how) {
  state.connection.value = how;
  if (how !== "connected") return;
  stale = new Set(retained.keys());
  clearTimeout(settle);
  settle = setTimeout(settled, SETTLE_MS);
  resend();
}

function settled() {
  if (state.connection.value !== "connected") return;
  for (const topic of stale) {
    retained.get(topic)?.();
    retained.delete(topic);
  }
  stale.clear();
}

function received(topic, payload) {
  const live = watchers.get(topic);
  if (live) return live(JSON.parse(payload));
  stale.delete(topic);
  const [kind, id, leaf] = topic.slice(root.length + 1).split("/");
  if (leaf === "reply") return answered(JSON.parse(payload));
  const message = payload ? JSON.parse(payload) : null;
  // A line that was killed leaves its state as it was; only its last will tells.
  if (leaf === "presence") return void (state.lineThere.value = message?.online ?? true);
  if (kind === "state") return stated(message);
  if (kind === "catalogue") return void (state.catalogue.value = message ?? state.catalogue.value);
  return kind === "inspection" ? inspected(topic, id, message) : prompted(topic, message);
}

function stated(message) {
  if (message) state.setClock(message);
  if (message?.epoch !== state.station.value?.epoch) current.clear();
  state.station.value = message;
  // A broker may lose the message that clears a snapshot: the state says who is still here.
  for (const [serial, { inspection }] of state.inspections.value)
    if (message?.present && !message.present.includes(serial) && inspection.last_seq <= message.seq)
      state.put(state.inspections, serial, null);
}

function inspected(topic, serial, message) {
  retained.set(topic, () => state.put(state.inspections, serial, null));
  const before = state.inspections.value.get(serial);
  const overtaken = message && before && before.inspection.last_seq > message.inspection.last_seq;
  if (overtaken && current.has(serial)) return;
  current.add(serial);
  state.put(state.inspections, serial, message);
}

function prompted(topic, message) {
  if (!message) {
    retained.get(topic)?.();
    return;
  }
  const before = state.prompts.value.get(message.bay);
  if (before && before.epoch === message.epoch && before.number > message.number) return;
  retained.set(topic, () => state.put(state.prompts, message.bay, null));
  // What is left of a countdown is counted from here; our clocks need not agree.
  state.put(state.prompts, message.bay, { ...message, here: performance.now() });
}

export function watchLive(lane, rig, callback) {
  const topic = `${root}/lane/${lane}/rig/${rig}/live`;
  watchers.set(topic, callback);
  link?.subscribe(topic, 0);
  return () => {
    watchers.delete(topic);
    link?.unsubscribe(topic);
  };
}

// Sends a command; shows the line's words when it refuses. Returns the reply if it was accepted.
export async function command(kind, body, { moves = false } = {}) {
  state.notice.value = null;
  const epoch = moves ? state.station.value?.epoch ?? "" : null;
  const topic = `${root}/client/${state.pairing.value.client}/command`;
  const reply = await send((payload) => link?.publish(topic, payload), kind, body, { epoch });
  if (reply?.accepted) return reply;
  if (reply?.code === "not_logged_in") state.person.value = null;
  state.notice.value = reply ? reply.text : "no_answer";
  return null;
}

// Sends what the outbox holds, only for the person whose it is. Returns the line's reply, null if none came.
export function sendQuietly({ id, kind, body, staff }) {
  const topic = `${root}/client/${state.pairing.value.client}/command`;
  const publish = (payload) => state.person.value?.staff === staff && link?.publish(topic, payload);
  return send(publish, kind, body, { id, quiet: true });
}

// A vehicle that this device knew before a reload; it stays only if the station still shows it.
export function remember(snapshot) {
  const { serial } = snapshot;
  if (!state.inspections.value.has(serial)) inspected(`${root}/inspection/${serial}`, serial, snapshot);
}

export async function pair(code) {
  const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code }) };
  try {
    const response = await fetch("/pair", options);
    const answer = await response.json();
    state.notice.value = response.ok ? null : answer.text ?? "pair.refused";
    if (!response.ok) return;
    state.person.value = null;
    state.pairing.value = answer;
    open();
  } catch {
    state.notice.value = "pair.unreachable";
  }
}
