// Below and beside the curves: verdicts, badges, legend, remarks.

import { massText, shortNumber } from "./axes.js";
import { element } from "./controls.js";

function rangesText(ranges) {
  return ranges.length ? ranges.map(([low, high]) => `${massText(low)} – ${massText(high)}`).join(", ") : "—";
}

export function showVerdicts(host, report, titles, kinds) {
  const head = ["Dark matter", "Experiment", "Excluded", "Left", "Deepest"].map((text) => element("th", { scope: "col" }, text));
  const body = element("tbody");
  for (const row of report.rows) {
    const cells = [kinds.get(row.kind) ?? row.kind, titles.get(row.source) ?? row.source, rangesText(row.excluded), rangesText(row.left)];
    const deepest = row.closest === null ? "no limit" : `${shortNumber(row.closest)} at ${massText(row.closest_mass)}`;
    const classes = row.closest !== null && row.closest < 1 ? "emiss-reached" : "";
    body.append(element("tr", { class: classes }, ...[...cells, deepest].map((text) => element("td", {}, text))));
  }
  const notes = element("ul", { class: "emiss-notes" }, ...report.notes.map((text) => element("li", {}, text)));
  const caption = `Thermal dark matter of ${rangesText([report.searched])}; deepest: excluded y over relic y, below 1 where it excludes`;
  host.replaceChildren(
    element("p", { class: "emiss-caption" }, caption), // outside of what scrolls, so that it wraps
    element("div", { class: "emiss-scroll" }, element("table", { "aria-label": caption }, element("thead", {}, element("tr", {}, ...head)), body)),
    element("details", {}, element("summary", {}, "What the ranges mean"), notes),
  );
}

export function showBadges(root, limits) {
  for (const place of root.querySelectorAll("[data-badges]")) {
    const limit = limits.find((one) => one.name === place.dataset.badges);
    const open = new Set([...place.querySelectorAll("details[open]")].map((d) => d.dataset.status));
    place.replaceChildren(...(limit ? limit.badges.map((badge) => badgeOf(badge, open.has(badge.status))) : []));
  }
}

function badgeOf(badge, open) {
  const rows = badge.inputs.map((input) => element("li", {}, element("b", {}, `${input.name} = ${input.value}`), ` ${input.source}`));
  const summary = element("summary", { class: `emiss-badge emiss-${badge.status}`, title: `inputs that are ${badge.status}` }, `${badge.count} ${badge.status}`);
  return element("details", { "data-status": badge.status, open }, summary, element("ul", {}, ...rows));
}

export function showLegend(host, lines) {
  host.replaceChildren(
    ...lines.map((line) => {
      const key = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      key.setAttribute("viewBox", "0 0 28 10");
      key.setAttribute("class", "emiss-key");
      key.setAttribute("aria-hidden", "true");
      const stroke = document.createElementNS("http://www.w3.org/2000/svg", "line");
      for (const [name, value] of Object.entries({ x1: 1, x2: 27, y1: 5, y2: 5, class: `emiss-line ${line.style ?? ""}` })) stroke.setAttribute(name, value);
        if (line.colour) stroke.style.stroke = line.colour;
      if (line.dash) stroke.setAttribute("stroke-dasharray", line.dash);
      key.append(stroke);
      const item = element("li", {}, key, line.label);
      if (line.remove) item.append(element("button", { type: "button", class: "emiss-reset", "aria-label": `remove ${line.label}`, onclick: line.remove }, "×"));
      return item;
    }),
  );
}

export function showRemarks(host, texts) {
  host.replaceChildren(...[...new Set(texts)].map((text) => element("li", {}, text)));
}
