// The live curve: uPlot, as large as its box.
import { useEffect, useRef } from "preact/hooks";
import { firstScreen } from "./first.mjs";
import { html } from "./html.mjs";
import { onFrames } from "./live.mjs";

// Large, and not needed before the first run: the connection goes first.
const LOAD_MS = 1000;
let loading = null;
const load = () => (loading ??= import("uplot"));
firstScreen.then(() => setTimeout(load, LOAD_MS));
const FRAME_MS = 50;
const SPAN_S = 8;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const nameOf = (index) => `y${index}`;

function options(box, series, scales) {
  const axis = () => ({
    stroke: colour("--soft"),
    grid: { stroke: colour("--rule"), width: 1 },
    ticks: { show: false },
    font: "14px system-ui, sans-serif",
    size: 44,
  });
  return {
    width: box.clientWidth,
    height: box.clientHeight,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (u, min, max) => [0, Math.max(SPAN_S, max ?? 0)] },
      ...Object.fromEntries(scales.map(({ least }, n) => [nameOf(n), { range: (u, min, max) => [0, Math.max(least, (max ?? 0) * 1.1)] }])),
    },
    axes: [{ ...axis(), size: 26 }, ...scales.map(({ divisor }, n) => ({
      ...axis(),
      scale: nameOf(n),
      side: n ? 1 : 3,
      grid: { ...axis().grid, show: n === 0 },
      values: (u, ticks) => ticks.map((v) => v / divisor),
    }))],
    series: [{}, ...series.map((one) => ({
      stroke: colour(one.colour), width: 3, dash: one.dash, points: { show: false }, scale: nameOf(one.scale ?? 0),
    }))],
  };
}

// `trace` has data and version; `series` say how each of its columns is drawn, and on which of the scales.
export function Curve({ trace, series, scales }) {
  const box = useRef(null);
  useEffect(() => {
    const place = box.current;
    let end = null;
    let gone = false;
    // Preact ends effects after the next paint: the box may have left the page before `gone` is said.
    load().then(({ default: UPlot }) => (end = gone || !place?.isConnected ? null : begin(UPlot, place)));
    return () => {
      gone = true;
      end?.();
    };
  }, [trace]);

  function begin(UPlot, place) {
    const plot = new UPlot(options(place, series, scales), trace.data, place);
    const size = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: place.clientHeight }));
    size.observe(place);
    let drawn = -1;
    const stop = onFrames(box, () => {
      if (drawn !== trace.version) plot.setData(trace.data);
      drawn = trace.version;
    }, FRAME_MS);
    return () => {
      stop();
      size.disconnect();
      plot.destroy();
    };
  }

  return html`<div class="curve" ref=${box}></div>`;
}
