// One plane drawn as SVG: excluded regions, lines of relic density, curves of others, ghosts.

import { majorTicks, massText, minorTicks, nearestIndex, pieces, powerOfTen, shortNumber, steadyRange, valueAt } from "./axes.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 62, right: 26, top: 12, bottom: 46 };

function shape(parent, name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.appendChild(element);
  return element;
}

/** Text whose subscripts are lowered. */
function lettering(parent, attributes, text) {
  const label = shape(parent, "text", attributes);
  let below = false;
  for (const [piece, lowered] of pieces(text)) {
    const shift = lowered === below ? {} : { dy: lowered ? "0.25em" : "-0.18em" };
    shape(label, "tspan", { ...shift, ...(lowered ? { class: "emiss-sub" } : {}) }, piece);
    below = lowered;
  }
}

/** Path of a line with gaps where a value is null. */
function pathOf(masses, values, x, y) {
  const parts = [];
  let open = false;
  masses.forEach((mass, i) => {
    const value = values[i];
    if (value === null || value === undefined) {
      open = false;
      return;
    }
    parts.push(`${open ? "L" : "M"}${x(mass).toFixed(2)} ${y(value).toFixed(2)}`);
    open = true;
  });
  return parts.join("");
}

/**
 * Closed paths around what is excluded: up to the upper edge, or to the top of the frame. A region that
 * ends at some masses beyond the couplings searched is filled up to these, as in the figures of emiss.
 */
function regionOf(line, x, y) {
  const paths = [];
  let lower = [];
  let upper = [];
  const close = () => {
    if (lower.length > 1) paths.push(`M${[...lower, ...upper.reverse()].join("L")}Z`);
    lower = [];
    upper = [];
  };
  line.masses.forEach((mass, i) => {
    const low = line.values[i];
    if (low === null) return close();
    const edge = line.upper ? line.upper[i] : "open";
    const top = edge === "open" || edge === null ? (line.searched ? y(line.searched) : -5) : y(edge);
    lower.push(`${x(mass).toFixed(2)} ${y(low).toFixed(2)}`);
    upper.push(`${x(mass).toFixed(2)} ${top.toFixed(2)}`);
  });
  close();
  return paths.join("");
}

function finiteEdge(edge) {
  return edge ? edge.map((v) => (typeof v === "number" ? v : null)) : null;
}

/**
 * A plot in an element.
 *
 * `draw({lines, xLabel, yLabel, title})` draws; each line has masses, values, and may have upper,
 * median, band, fill, style (class of CSS), colour, label, and for hovering events and shares.
 */
export function makePlot(host, name) {
  host.classList.add("emiss-plot");
  const svg = shape(host, "svg", { role: "img", tabindex: "0", class: "emiss-svg" });
  const tip = document.createElement("div");
  tip.className = "emiss-tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  host.appendChild(tip);
  let content = null;
  let frame = null;
  let cursor = null;
  let chosen = 0;

  function ranges() {
    const drawn = content.lines.filter((line) => line.masses.length > 0);
    const limits = drawn.filter((line) => line.fill);
    const some = limits.length ? limits : drawn;
    const firsts = some.map((line) => line.masses[0]);
    const lasts = some.map((line) => line.masses[line.masses.length - 1]);
    const xs = [Math.min(...firsts), Math.max(...lasts)];
    const inside = [];
    for (const line of drawn) {
      for (const values of [line.values, finiteEdge(line.upper) ?? []]) {
        values.forEach((v, i) => {
          if (line.masses[i] >= xs[0] && line.masses[i] <= xs[1]) inside.push(v);
        });
      }
    }
    const ys = steadyRange(inside) ?? [1e-6, 1e-2];
    return { xs: xs[0] < xs[1] ? xs : [xs[0] / 2, xs[0] * 2], ys };
  }

  function redraw() {
    if (!content) return;
    const width = Math.max(260, host.clientWidth || 520);
    const height = Math.round(Math.min(Math.max(width * 0.78, 260), 460));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", String(height));
    svg.setAttribute("aria-label", content.title);
    svg.replaceChildren();
    const { xs, ys } = ranges();
    const box = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
    const scale = (value, [low, high], from, to) => from + ((to - from) * Math.log(value / low)) / Math.log(high / low);
    const x = (v) => scale(v, xs, box.left, box.right);
    const y = (v) => scale(v, ys, box.bottom, box.top);
    frame = { x, y, xs, ys, box, width, height };
    const clip = `emiss-clip-${name}`;
    const inner = shape(shape(shape(svg, "defs", {}), "clipPath", { id: clip }), "rect", {
      x: box.left,
      y: box.top,
      width: box.right - box.left,
      height: box.bottom - box.top,
    });
    inner.setAttribute("data-frame", "");
    drawAxes(frame);
    const drawing = shape(svg, "g", { "clip-path": `url(#${clip})` });
    // One colour under one opacity: where regions overlap nothing gets darker.
    const union = shape(drawing, "g", { class: "emiss-union" });
    for (const line of content.lines) if (line.fill) shape(union, "path", { d: regionOf(line, x, y) });
    for (const line of content.lines) drawLine(drawing, line);
    shape(svg, "rect", {
      x: box.left,
      y: box.top,
      width: box.right - box.left,
      height: box.bottom - box.top,
      class: "emiss-frame",
    });
    frame.marks = shape(svg, "g", { class: "emiss-marks" });
    showCursor();
  }

  function drawLine(parent, line) {
    const { x, y } = frame;
    // Set through the style object: a rule of the style sheet would win over an attribute.
    const coloured = (path) => {
      if (line.colour) path.style.stroke = line.colour;
      return path;
    };
    if (line.band) {
      const there = { masses: line.masses, values: line.band[0], upper: line.band[1] };
      shape(parent, "path", { d: regionOf(there, x, y), class: "emiss-band", ...(line.colour ? { fill: line.colour } : {}) });
    }
    if (line.median) {
      coloured(shape(parent, "path", { d: pathOf(line.masses, line.median, x, y), class: "emiss-line emiss-median" }));
    }
    // A region of others ends where its masses do: it has sides, and is filled.
    const style = `emiss-line ${line.style ?? ""}${line.closed ? " emiss-closed" : ""}`;
    const d = line.closed ? regionOf(line, x, y) : pathOf(line.masses, line.values, x, y);
    const path = coloured(shape(parent, "path", { d, class: style, "data-label": line.label }));
    if (line.dash) path.setAttribute("stroke-dasharray", line.dash);
    const edge = line.closed ? null : finiteEdge(line.upper);
    if (edge) coloured(shape(parent, "path", { d: pathOf(line.masses, edge, x, y), class: style }));
  }

  function drawAxes({ x, y, xs, ys, box, height }) {
    const grid = shape(svg, "g", { class: "emiss-grid" });
    for (const value of majorTicks(...xs)) {
      shape(grid, "line", { x1: x(value), x2: x(value), y1: box.top, y2: box.bottom });
      shape(svg, "text", { x: x(value), y: box.bottom + 17, class: "emiss-tick", "text-anchor": "middle" }, massText(value));
    }
    for (const value of majorTicks(...ys)) {
      shape(grid, "line", { x1: box.left, x2: box.right, y1: y(value), y2: y(value) });
      const e = Math.log10(value);
      const text = Math.abs(e - Math.round(e)) < 1e-6 ? powerOfTen(Math.round(e)) : shortNumber(value, 1);
      shape(svg, "text", { x: box.left - 7, y: y(value) + 4, class: "emiss-tick", "text-anchor": "end" }, text);
    }
    const small = shape(svg, "g", { class: "emiss-minor" });
    for (const v of minorTicks(...xs)) shape(small, "line", { x1: x(v), x2: x(v), y1: box.bottom, y2: box.bottom - 4 });
    for (const v of minorTicks(...ys)) shape(small, "line", { x1: box.left, x2: box.left + 4, y1: y(v), y2: y(v) });
    const middle = (box.left + box.right) / 2;
    lettering(svg, { x: middle, y: height - 8, class: "emiss-axis", "text-anchor": "middle" }, content.xLabel);
    const turn = `translate(15 ${(box.top + box.bottom) / 2}) rotate(-90)`;
    lettering(svg, { transform: turn, class: "emiss-axis", "text-anchor": "middle" }, content.yLabel);
  }

  function hoverable() {
    return content ? content.lines.filter((line) => line.style !== "emiss-ghost") : [];
  }

  /** Nearest line at a mass, by height on the page. */
  function nearest(mass, height) {
    let best = -1;
    let distance = Infinity;
    hoverable().forEach((line, i) => {
      const value = valueAt(line.masses, line.values, mass);
      if (value === null) return;
      const away = Math.abs(frame.y(value) - height);
      if (away < distance) [best, distance] = [i, away];
    });
    return best;
  }

  function showCursor() {
    if (!frame) return;
    frame.marks.replaceChildren();
    tip.hidden = cursor === null;
    if (cursor === null) return;
    const { x, y, box } = frame;
    const line = hoverable()[chosen];
    shape(frame.marks, "line", { x1: x(cursor), x2: x(cursor), y1: box.top, y2: box.bottom, class: "emiss-cursor" });
    const rows = [`${content.massName} = ${massText(cursor)}`];
    if (line) {
      const value = valueAt(line.masses, line.values, cursor);
      if (value !== null) shape(frame.marks, "circle", { cx: x(cursor), cy: y(value), r: 4, class: "emiss-dot", fill: line.colour ?? "currentColor" });
      rows.push(`${line.label}: ${content.symbol} ${line.fill ? "≥ " : "= "}${shortNumber(value)}`);
      if (line.events) {
        const i = nearestIndex(line.masses, cursor);
        if (line.events[i] !== null) rows.push(`${shortNumber(line.events[i])} events`);
        for (const [process, shares] of Object.entries(line.shares)) {
          if (shares[i] > 0.0005) rows.push(`${process} ${(100 * shares[i]).toPrecision(3)} %`);
        }
      }
    }
    tip.replaceChildren(
      ...rows.map((text) => {
        const row = document.createElement("div");
        for (const [piece, lowered] of pieces(text)) {
          const part = document.createElement(lowered ? "sub" : "span");
          part.textContent = piece;
          row.appendChild(part);
        }
        return row;
      }),
    );
    const right = x(cursor) > (box.left + box.right) / 2;
    tip.style.left = right ? "" : `${x(cursor) + 10}px`;
    tip.style.right = right ? `${frame.width - x(cursor) + 10}px` : "";
    tip.style.top = `${box.top + 6}px`;
  }

  svg.addEventListener("pointermove", (event) => {
    if (!frame) return;
    const place = svg.getBoundingClientRect();
    const factor = frame.width / place.width;
    const px = (event.clientX - place.left) * factor;
    const { box, xs } = frame;
    if (px < box.left || px > box.right) {
      cursor = null;
    } else {
      cursor = xs[0] * (xs[1] / xs[0]) ** ((px - box.left) / (box.right - box.left));
      chosen = Math.max(0, nearest(cursor, (event.clientY - place.top) * factor));
    }
    showCursor();
  });
  svg.addEventListener("pointerleave", () => {
    cursor = null;
    showCursor();
  });
  svg.addEventListener("blur", () => {
    cursor = null;
    showCursor();
  });
  svg.addEventListener("keydown", (event) => {
    if (!frame) return;
    const { xs } = frame;
    const step = (xs[1] / xs[0]) ** (event.shiftKey ? 0.1 : 0.01);
    const at = cursor ?? Math.sqrt(xs[0] * xs[1]);
    const count = Math.max(1, hoverable().length);
    if (event.key === "ArrowRight") cursor = Math.min(xs[1], at * step);
    else if (event.key === "ArrowLeft") cursor = Math.max(xs[0], at / step);
    else if (event.key === "ArrowUp") [cursor, chosen] = [at, (chosen + 1) % count];
    else if (event.key === "ArrowDown") [cursor, chosen] = [at, (chosen + count - 1) % count];
    else if (event.key === "Escape") cursor = null;
    else return;
    event.preventDefault();
    showCursor();
  });
  if (typeof ResizeObserver !== "undefined") new ResizeObserver(() => redraw()).observe(host);

  return {
    draw(next) {
      content = next;
      redraw();
    },
  };
}
