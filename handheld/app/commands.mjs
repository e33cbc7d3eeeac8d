// Commands are sent again, with the same id and the same bytes, until the line answers.
import { signal } from "@preact/signals";

const RESEND_MS = 1000;
const SLOW_MS = 3000;
// A command that moves a rig is given up: nobody wants rollers to start minutes after the tap.
const MOTION_MS = 15000;
// What is kept on the device is taken up again from there.
const QUIET_MS = 10000;

export const waiting = signal(0); // how many commands that somebody waits for have no answer yet
export const slow = signal(false);

const pending = new Map();

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

function count() {
  const loud = [...pending.values()].filter((one) => !one.quiet);
  waiting.value = loud.length;
  slow.value = loud.some((one) => performance.now() - one.since > SLOW_MS);
}

// Returns the line's reply, or null if it was given up without one: a motion, or what comes from the outbox (`quiet`).
export function send(publish, kind, body, { epoch = null, id = newId(), quiet = false } = {}) {
  const payload = JSON.stringify({ v: 1, id, kind, epoch, expires_s: 30, sent_at: "", body });
  const most = epoch !== null ? MOTION_MS : quiet ? QUIET_MS : Infinity;
  return new Promise((resolve) => {
    pending.set(id, { payload, publish, resolve, since: performance.now(), most, quiet });
    publish(payload);
    count();
  });
}

export function answered(reply) {
  const one = pending.get(reply.id);
  if (!one) return;
  pending.delete(reply.id);
  count();
  one.resolve(reply);
}

export function resend() {
  for (const [id, one] of pending) {
    if (performance.now() - one.since > one.most) {
      pending.delete(id);
      one.resolve(null);
    } else {
      one.publish(one.payload);
    }
  }
  count();
}

setInterval(resend, RESEND_MS);
