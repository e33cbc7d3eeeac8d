// What the page has to know to go on after a reload without a network: the vehicles whose check-lists are in hand.
import { effect } from "@preact/signals";
import { all, write } from "./db.mjs";
import * as state from "./state.mjs";
import { remember } from "./station.mjs";

const KEY = "in_hand";
let written = "";

export async function restore() {
  const found = (await all("memory")).find((one) => one.key === KEY);
  if (!found || found.staff !== state.person.value?.staff) return;
  state.catalogue.value ??= found.catalogue;
  found.snapshots.forEach(remember);
}

// Only what the station says now is worth keeping; nothing of it stays once nobody is logged in.
effect(() => {
  if (!state.ready.value) return;
  const staff = state.person.value?.staff ?? null;
  const kept = { key: KEY, staff, catalogue: staff && state.catalogue.value, snapshots: state.byHandInHand.value };
  const mark = JSON.stringify([staff, kept.catalogue?.sha256, kept.snapshots.map((one) => [one.serial, one.inspection.last_seq])]);
  if (mark === written) return;
  written = mark;
  write({ puts: [["memory", kept]] }).catch(() => (written = ""));
});
