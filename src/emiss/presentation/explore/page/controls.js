// The left side: experiments to tick, sliders with their numbers, choices.

import { pieces, shortNumber } from "./axes.js";

let made = 0;

export function element(name, attributes = {}, ...children) {
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) found.addEventListener(key.slice(2), value);
    else if (value === true) found.setAttribute(key, "");
    else if (value !== false && value !== undefined) found.setAttribute(key, value);
  }
  found.append(...children);
  return found;
}

/** Text with subscripts as nodes. */
export function lowered(text) {
  return pieces(text).map(([piece, below]) => (below ? element("sub", {}, piece) : piece));
}

/** A place for what is wrong with a control. */
function faultPlace(field) {
  return element("p", { class: "emiss-fault", role: "alert", "data-fault": field });
}

/**
 * A slider with a number beside it; both say the same, and the number may be typed freely.
 *
 * `scale` is "log" or "linear"; `change(text)` is told what is chosen.
 */
export function slider({ field, label, low, high, scale, unit, change, reset }) {
  const id = `emiss-${field}-${(made += 1)}`;
  const log = scale === "log";
  const range = element("input", { type: "range", min: "0", max: "1000", step: "1", id, "data-slider": field });
  const text = element("input", {
    type: "text",
    inputmode: "decimal",
    "aria-label": `${label.replace(/[_{}]/g, "")}${unit ? ` in ${unit}` : ""}, as a number`,
    "data-number": field,
    autocomplete: "off",
    spellcheck: "false",
  });
  const fault = faultPlace(field);
  let span = [low, high];
  const toValue = (place) => {
    const part = place / 1000;
    const value = log ? span[0] * (span[1] / span[0]) ** part : span[0] + (span[1] - span[0]) * part;
    return Number(value.toPrecision(log ? 3 : 4));
  };
  const toPlace = (value) => {
    const part = log ? Math.log(value / span[0]) / Math.log(span[1] / span[0]) : (value - span[0]) / (span[1] - span[0]);
    return Math.round(1000 * Math.min(1, Math.max(0, part)));
  };
  const written = (value) => (value >= 1e5 ? value.toExponential().replace("e+", "e") : String(value));
  range.addEventListener("input", () => {
    text.value = written(toValue(Number(range.value)));
    range.setAttribute("aria-valuetext", text.value);
    change(text.value);
  });
  text.addEventListener("input", () => {
    const value = Number(text.value);
    if (text.value.trim() !== "" && Number.isFinite(value)) range.value = String(toPlace(value));
    change(text.value);
  });
  const head = element("div", { class: "emiss-head" }, element("label", { for: id }, ...lowered(label)), text);
  if (unit) head.append(element("span", { class: "emiss-unit" }, unit));
  if (reset) {
    head.append(element("button", { type: "button", class: "emiss-reset", title: "as published", "aria-label": `${label}: as in the experiment`, onclick: reset }, "↺"));
  }
  const node = element("div", { class: "emiss-control" }, head, range, fault);
  return {
    node,
    set(value, limits) {
      if (limits) span = limits;
      const number = Number(value ?? NaN);
      if (document.activeElement !== text) text.value = typeof value === "number" ? written(Number(value.toPrecision(4))) : (value ?? "—");
      if (Number.isFinite(number)) range.value = String(toPlace(number));
      range.setAttribute("aria-valuetext", text.value);
    },
    enable(on) {
      range.disabled = !on;
      text.disabled = !on;
    },
  };
}

export function choice({ field, label, options, change }) {
  const id = `emiss-${field}-${(made += 1)}`;
  const select = element("select", { id, "data-choice": field, onchange: () => change(select.value) });
  for (const [value, title] of options) select.append(element("option", { value }, title));
  const node = element("div", { class: "emiss-control" }, element("div", { class: "emiss-head" }, element("label", { for: id }, label), select), faultPlace(field));
  return {
    node,
    set(value) {
      select.value = value;
    },
  };
}

/** Experiments to tick; the mark beside a name shows the colour of its curve. */
export function experimentList({ rows, change }) {
  const boxes = new Map();
  const list = element("ul", { class: "emiss-experiments" });
  for (const row of rows) {
    const id = `emiss-x-${(made += 1)}`;
    const box = element("input", { type: "checkbox", id, value: row.name, "data-experiment": row.name, onchange: () => change() });
    const swatch = element("span", { class: "emiss-swatch" });
    const plan = row.projection ? [element("span", { class: "emiss-plan" }, "plan")] : [];
    const badges = element("div", { class: "emiss-badges", "data-badges": row.name });
    const label = element("label", { for: id, title: `${row.beam}, ${shortNumber(row.on_target)} on target` }, row.title, ...plan);
    list.append(element("li", {}, element("div", { class: "emiss-row" }, box, swatch, label), badges, faultPlace(`experiment ${row.name}`)));
    boxes.set(row.name, { box, swatch });
  }
  return {
    node: element("fieldset", {}, element("legend", {}, "Experiments"), list, faultPlace("experiments")),
    ticked: () => rows.map((row) => row.name).filter((name) => boxes.get(name).box.checked),
    set(names, colours) {
      for (const [name, { box, swatch }] of boxes) {
        box.checked = names.includes(name);
        swatch.style.background = colours.get(name) ?? "transparent";
      }
    },
  };
}

/** Show what is wrong beside the control that it is about; at the top where none is named. */
export function showFault(root, field, message) {
  for (const place of root.querySelectorAll("[data-fault]")) place.textContent = "";
  for (const input of root.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  if (!message) return;
  const places = [...root.querySelectorAll("[data-fault]")];
  const place = places.find((p) => p.dataset.fault === field) ?? places.find((p) => p.dataset.fault === "");
  place.textContent = message;
  place.closest(".emiss-control")?.querySelectorAll("input").forEach((input) => input.setAttribute("aria-invalid", "true"));
}
