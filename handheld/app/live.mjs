// The readings of one run, kept for drawing; drawing happens in animation frames, never per message.
import { speed } from "./state.mjs";

const WRAP = 65536; // rigs count samples in 16 bits
const GAP_MAX = 1000;

// Consecutive samples of the curves: time in seconds, one array a channel, null where there is no number.
export class Trace {
  constructor(channels) {
    this.channels = channels;
    this.clear(null);
  }

  clear(run) {
    this.run = run;
    this.next = null;
    this.lost = 0;
    this.data = [[], ...this.channels.map(() => [])];
    this.values = {};
    this.phase = "";
    this.version = (this.version ?? 0) + 1;
  }

  add(live) {
    if (live.run !== this.run) this.clear(live.run);
    const period = Number(live.period_ms) / 1000;
    const columns = this.channels.map((name) => live.curves[name] ?? []);
    const gap = this.next === null ? 0 : (live.sequence - this.next + WRAP) % WRAP;
    if (gap < GAP_MAX) this.push(period, columns.map(() => Array(gap).fill(null)));
    this.push(period, columns);
    this.next = live.sequence + Math.max(...columns.map((c) => c.length));
    this.values = live.values;
    this.invalid = live.invalid;
    this.phase = live.phase;
    this.lost = live.lost;
    this.version += 1;
  }

  push(period, columns) {
    const length = Math.max(...columns.map((c) => c.length));
    for (let i = 0; i < length; i += 1) {
      this.data[0].push(this.data[0].length * period);
      columns.forEach((column, n) => this.data[n + 1].push(column[i] ?? null));
    }
  }

  last(index) {
    return this.data[index + 1].findLast((value) => value !== null) ?? null;
  }

  peak(index) {
    return this.data[index + 1].reduce((top, value) => (value !== null && value > top ? value : top), 0);
  }
}

// Readings that come as single values: one point each, timed by the line's clock.
export class Series extends Trace {
  add(live) {
    if (live.run !== this.run) {
      this.clear(live.run);
      this.start = live.mono_ns;
    }
    this.data[0].push((live.mono_ns - this.start) / 1e9);
    this.channels.forEach((name, n) => this.data[n + 1].push(live.values[name] == null ? null : Number(live.values[name])));
    this.values = live.values;
    this.phase = live.phase;
    this.version += 1;
  }
}

// What is left of a prompt's countdown, in station seconds; null without one.
export function left(prompt) {
  if (prompt?.countdown_s == null) return null;
  return Math.max(0, Number(prompt.countdown_s) - ((performance.now() - prompt.here) / 1000) * speed());
}

const DIGITS = 3;

// A large number fills its box: the style sheet divides the width by the number of its characters.
export function showNumber(box, text) {
  box.textContent = text;
  box.style.setProperty("--chars", Math.max(DIGITS, text.length));
}

// Calls draw() in animation frames while the box is on the page, at most so often; returns what ends it.
export function onFrames(box, draw, everyMs) {
  let last = 0;
  let handle = 0;
  const frame = (now) => {
    if (box.current && now - last >= everyMs) {
      last = now;
      draw();
    }
    handle = requestAnimationFrame(frame);
  };
  handle = requestAnimationFrame(frame);
  return () => cancelAnimationFrame(handle);
}
