// What the page knows: signals, and what follows from them. No I/O here but the device's own memory.
import { computed, effect, signal } from "@preact/signals";
import { STAGES, byPerson, itemsOf, stageOf, stagesOf } from "./codes.mjs";

function kept(storage, key) {
  const one = signal(JSON.parse(storage.getItem(key) ?? "null"));
  effect(() => (one.value ? storage.setItem(key, JSON.stringify(one.value)) : storage.removeItem(key)));
  return one;
}

export const pairing = kept(localStorage, "pairing"); // {client, password, ws_url, station}
export const person = kept(sessionStorage, "person"); // {staff, name, roles, token}
export const filter = kept(sessionStorage, "filter"); // the one stage of several that is shown
export const connection = signal("connecting"); // connecting, connected, offline, refused, elsewhere
export const station = signal(null);
export const lineThere = signal(true);
export const inspections = signal(new Map()); // by serial
export const catalogue = signal(null); // the points of the check-lists, and the names of places on a vehicle
export const prompts = signal(new Map()); // by bay
export const notice = signal(null); // {zh, en}, or the key of a text of ours
export const route = signal(location.hash);
export const minute = signal(0); // steps while the page is open, so that waiting times move

addEventListener("hashchange", () => (route.value = location.hash));
setInterval(() => (minute.value += 1), 10000);

export const line = computed(() => {
  if (!pairing.value) return "unpaired";
  if (connection.value !== "connected") return connection.value;
  if (!station.value) return "connecting";
  return station.value.online && lineThere.value ? "connected" : "line_offline";
});

const SEAT = "seat"; // who logged in last on this device, in any tab

export function logIn(who) {
  localStorage.setItem(SEAT, who.staff);
  person.value = who;
}

// The line knows one person a device: in a tab that was away it may be another one by now.
export function checkSeat() {
  if (person.value && localStorage.getItem(SEAT) !== person.value.staff) person.value = null;
}

export const ready = computed(() => line.value === "connected");
export const stages = computed(() => (person.value ? stagesOf(person.value.roles) : []));

// Vehicles that wait for a stage, in the line's order.
export function waitingFor(stage) {
  const serials = station.value?.queue[stage] ?? [];
  const known = serials.map((serial) => inspections.value.get(serial)).filter(Boolean);
  // The queue and the snapshots come on topics of their own: either may be ahead for a moment.
  return known.filter((snapshot) => stageOf(snapshot.inspection, stage));
}

// Stages that the person here has started and that go on.
export const inHand = computed(() => {
  const mine = [];
  for (const snapshot of inspections.value.values()) {
    for (const stage of STAGES) {
      const record = stageOf(snapshot.inspection, stage);
      const going = record?.started_at && !record.finished_at && itemsOf(snapshot.inspection, stage).length;
      if (going && record.by === person.value?.staff) mine.push({ snapshot, stage });
    }
  }
  return mine;
});

export const byHandInHand = computed(() => inHand.value.filter(({ stage }) => byPerson(stage)).map(({ snapshot }) => snapshot));

export const baysOf = (stage) => (station.value?.bays ?? []).filter((bay) => bay.stage === stage);
export const rigOf = (id) => (station.value?.rigs ?? []).find((rig) => rig.rig === id);
export const lockOf = (id) => (station.value?.locks ?? []).find((lock) => lock.subject === id);

export function put(map, key, value) {
  const next = new Map(map.value);
  if (value) next.set(key, value);
  else next.delete(key);
  map.value = next;
}

// The station's time now. A compressed demo runs faster than ours; a retained state may be old.
let anchor = { at: 0, here: 0, speed: 1 };

export function setClock(state) {
  anchor = { at: Date.parse(state.at), here: performance.now(), speed: Number(state.speed) };
}

export function stationNow() {
  const moved = anchor.at + (performance.now() - anchor.here) * anchor.speed;
  return anchor.speed === 1 ? Math.max(moved, Date.now()) : moved;
}

export const minutesSince = (stamp) => Math.max(0, Math.floor((stationNow() - Date.parse(stamp)) / 60000));
export const speed = () => anchor.speed;

export const go = (hash) => (location.hash = hash);
