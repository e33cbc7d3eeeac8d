// Codes of the contract that the page acts on; their names stand in texts/.
export const STAGE_ROLES = {
  appearance: "appearance",
  chassis: "driver",
  underbody: "pit",
  brake: "driver",
  lamps: "driver",
  exhaust: "emissions",
};
export const STAGES = Object.keys(STAGE_ROLES);
export const ITEM_STAGES = {
  UC: "appearance", F1: "appearance", M1: "appearance", Z1: "appearance",
  DC: "chassis",
  C1: "underbody",
  B1: "brake", B2: "brake", B3: "brake", B4: "brake", B5: "brake", B0: "brake", BV: "brake",
  L1: "brake", L2: "brake", L3: "brake", L4: "brake", R1: "brake", A1: "brake", S1: "brake",
  H1: "lamps", H2: "lamps", H3: "lamps", H4: "lamps",
  PF: "exhaust", WT: "exhaust", VM: "exhaust", FA: "exhaust", LD: "exhaust", OBD: "exhaust",
};
export const CHECKLIST_ITEMS = ["UC", "F1", "DC", "C1"];
export const LAMPS = ["H1", "H2", "H3", "H4"];
export const RIG_KINDS = {
  B1: "brake", B2: "brake", B3: "brake", B4: "brake", B5: "brake", B0: "brake",
  H1: "lamp", H2: "lamp", H3: "lamp", H4: "lamp",
  PF: "gas", FA: "smoke",
};
// As they lie on the vehicle seen from above, its nose up.
export const LOCATIONS = [
  "front_left", "front", "front_right",
  "left", "inside", "right",
  "rear_left", "rear", "rear_right",
  "underneath",
];
export const SKIP_REASONS = ["cannot_be_measured", "rig_cannot_take_vehicle", "refused_unsafe"];
export const SIGNS = { pass: "✓", fail: "✗", invalid: "⊘", unknown: "?", not_applicable: "–" };

export const stagesOf = (roles) => STAGES.filter((stage) => roles.includes(STAGE_ROLES[stage]));
export const byPerson = (stage) => CHECKLIST_ITEMS.some((item) => ITEM_STAGES[item] === stage);

export function itemsOf(inspection, stage) {
  return inspection.items.filter((i) => i.attempt === inspection.attempts.length && ITEM_STAGES[i.code] === stage);
}

export function stageOf(inspection, stage) {
  const attempt = Math.max(inspection.attempts.length, 1);
  return inspection.stages.findLast((s) => s.stage === stage && s.attempt === attempt);
}

export function checklistOf(inspection, item) {
  return inspection.checklists?.find((one) => one.item === item && one.attempt === inspection.attempts.length);
}

// Which kinds of rig can still do something in a stage.
export function kindsOf(inspection, stage) {
  return itemsOf(inspection, stage).filter((item) => item.state !== "done").map((item) => RIG_KINDS[item.code]);
}
