// Codes of the contract that the page acts on; their names stand in texts/.
export const STAGE_OF_ROLE = { appearance: "appearance", driver: "brake", emissions: "exhaust" };
export const STAGES = ["appearance", "brake", "exhaust"];
export const ITEM_STAGES = {
  F1: "appearance",
  B1: "brake", B2: "brake", B3: "brake", B4: "brake", B5: "brake", B0: "brake", BV: "brake",
  PF: "exhaust",
};
export const SKIP_REASONS = ["cannot_be_measured", "rig_cannot_take_vehicle", "refused_unsafe"];
export const SIGNS = { pass: "✓", fail: "✗", invalid: "⊘", unknown: "?", not_applicable: "–" };

export const stagesOf = (roles) => Object.keys(STAGE_OF_ROLE).filter((r) => roles.includes(r)).map((r) => STAGE_OF_ROLE[r]);

export function itemsOf(inspection, stage) {
  return inspection.items.filter((i) => i.attempt === inspection.attempts.length && ITEM_STAGES[i.code] === stage);
}

export function stageOf(inspection, stage) {
  const attempt = Math.max(inspection.attempts.length, 1);
  return inspection.stages.findLast((s) => s.stage === stage && s.attempt === attempt);
}
