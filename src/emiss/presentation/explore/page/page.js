// The page: asks as controls change, draws what comes back; the last question wins.

import { choice, element, experimentList, showFault, slider } from "./controls.js";
import { makePlot } from "./plot.js";
import { showBadges, showLegend, showRemarks, showVerdicts } from "./results.js";
import { linkOf, questionOf, settle, stateOf } from "./state.js";

const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#7f3c8d", "#4b4b4b"];
const LIMIT_DASHES = ["", "11 3", "4 2", "13 3 3 3", "7 2 2 2", "18 4", "2 2", "9 2 9 6"]; // told apart in grey as well
const RELIC_DASHES = ["7 3", "2 3", "9 3 2 3", "12 4"];
const OTHER_DASHES = ["", "5 2", "1 2", "8 2 1 2"];
const DEBOUNCE = 8; // milliseconds; while an answer is under way questions wait for it anyway
const VERDICT_DELAY = 250;
const SLOW = 200; // milliseconds after which a question that is under way may be overtaken
const FIRST_RECOILS = 1000; // sampled muons per mass of a first answer, where they are not kept
const OVERTAKEN = 202; // no error: browsers would write one to the console
const NO_ANSWER = { status: 0, json: { field: "", message: "no answer: the program behind this page has ended." } };
const FIELDS = ["beam_energy", "threshold", "on_target"];

export async function mount(root, ask, options = {}) {
  root.classList.add("emiss");
  const state = stateOf(options.link ?? "");
  const curves = [];
  let refused = []; // files that are read again once more is said of them
  const ghosts = [];
  let answer = null;
  let unread = ""; // what is wrong with a file among those chosen last
  let active = state.experiments[0].name;
  let number = 0;
  let busy = false;
  let waiting = false;
  let overtakable = false;
  let recoils = FIRST_RECOILS; // null: all of them
  let timer = null;
  let verdictTimer = null;
  let verdictNumber = 0;
  let moved = null;

  const known = (await ask("catalogue", {}, 0)).json;
  const titles = new Map(known.experiments.map((row) => [row.name, row.title]));
  titles.set("combined", "All together");
  const kinds = new Map(known.kinds);

  // ---- controls
  const list = experimentList({
    rows: known.experiments,
    change: () => {
      const before = new Map(state.experiments.map((part) => [part.name, part]));
      state.experiments = list.ticked().map((name) => before.get(name) ?? { name });
      changed();
    },
  });
  const simple = (field) => (value) => {
    state[field] = value;
    changed();
  };
  const combine = element("input", { type: "checkbox", id: "emiss-combine", "data-choice": "combine", onchange: () => simple("combine")(combine.checked) });
  const alpha = slider({ field: "alpha_dark", label: "α_D", low: 1e-3, high: 1, scale: "log", change: simple("alpha_dark") });
  const ratio = slider({ field: "mass_ratio", label: "m_{A′} / m_χ", low: 2.02, high: 10, scale: "linear", change: simple("mass_ratio") });
  const kind = choice({ field: "dark_matter", label: "Dark matter", options: known.kinds, change: simple("dark_matter") });
  const method = choice({ field: "method", label: "Method", options: known.methods.map((m) => [m, m]), change: simple("method") });
  const level = slider({ field: "cl", label: "Confidence level", low: 0.68, high: 0.999, scale: "linear", change: simple("cl") });
  const which = choice({
    field: "apparatus",
    label: "Apparatus of",
    options: [],
    change: (name) => {
      active = name;
      showControls();
    },
  });
  const part = () => state.experiments.find((one) => one.name === active);
  const published = () => known.experiments.find((row) => row.name === active);
  const apparatus = (field) => ({
    change: (value) => {
      if (part()) {
        part()[field] = value;
        settle(part(), published());
      }
      changed();
    },
    reset: () => {
      if (part()) delete part()[field];
      changed();
    },
  });
  const target = slider({ field: "on_target", label: "On target", low: 1e9, high: 1e16, scale: "log", ...apparatus("on_target") });
  const threshold = slider({ field: "threshold", label: "Threshold", low: 1, high: 99, scale: "linear", unit: "GeV", ...apparatus("threshold") });
  const energy = slider({ field: "beam_energy", label: "Beam energy", low: 20, high: 200, scale: "linear", unit: "GeV", ...apparatus("beam_energy") });
  const sliders = { on_target: target, threshold, beam_energy: energy };

  function showControls() {
    const colours = new Map(state.experiments.map((one, i) => [one.name, COLOURS[i % COLOURS.length]]));
    list.set([...colours.keys()], colours);
    alpha.set(state.alpha_dark);
    ratio.set(state.mass_ratio);
    kind.set(state.dark_matter);
    method.set(state.method);
    level.set(state.cl);
    combine.checked = state.combine;
    combine.disabled = state.experiments.length < 2;
    if (!part() && state.experiments.length) active = state.experiments[0].name;
    const select = which.node.querySelector("select");
    select.replaceChildren(...state.experiments.map((one) => element("option", { value: one.name }, titles.get(one.name) ?? one.name)));
    which.set(active);
    const own = published();
    for (const field of FIELDS) sliders[field].enable(Boolean(part() && own && own[field] !== null));
    if (!part() || !own) return;
    const beam = Number(part().beam_energy ?? own.beam_energy);
    const scaled = part().beam_energy !== undefined && Number.isFinite(beam) ? (own.threshold * beam) / own.beam_energy : own.threshold;
    energy.set(part().beam_energy ?? own.beam_energy);
    threshold.set(part().threshold ?? scaled, beam > 0 ? [0.2 * beam, 0.96 * beam] : undefined);
    target.set(part().on_target ?? own.on_target);
    for (const field of FIELDS) sliders[field].node.classList.toggle("emiss-changed", part()[field] !== undefined);
  }

  // ---- page
  const status = element("p", { class: "emiss-status", role: "status", "aria-live": "polite" });
  const fault = element("p", { class: "emiss-fault emiss-top", role: "alert", "data-fault": "" });
  const legend = element("ul", { class: "emiss-legend" });
  const couplingHost = element("figure", { "data-plane": "coupling" });
  const yHost = element("figure", { "data-plane": "y" });
  const verdicts = element("div", { class: "emiss-verdicts" }, element("p", {}, "…"));
  const remarks = element("ul", { class: "emiss-notes" });
  const shown = element("textarea", { class: "emiss-copy", readonly: true, rows: "8", "aria-label": "text to copy" });
  shown.hidden = true;
  const file = element("input", { type: "file", multiple: true, class: "emiss-file", id: "emiss-file", accept: ".csv,.txt,.dat,.tsv,.lmt,.yaml,.yml,.json", onchange: () => dropped(file.files) });
  // What the file does not say, as --column and its like say it to the commands.
  const said = {};
  const SAYABLE = [["column", "column", "a name or a number"], ["qualifier", "qualifier", "alpha_D=0.5"], ["quantity", "quantity", "epsilon^2"], ["mass_unit", "mass", "m_chi [MeV]"], ["alpha_dark", "α_D of a curve in y", "0.1"], ["mass_ratio", "its mass ratio", "3"]];
  const choices = element("details", { class: "emiss-choices" }, element("summary", {}, "what is in the file"), ...SAYABLE.map(([key, name, example]) => {
    const box = element("input", { type: "text", "data-choice": key, placeholder: example, onchange: () => { said[key] = box.value; if (refused.length) dropped(refused); } });
    return element("label", {}, name, box);
  }));
  const drop = element("div", { class: "emiss-drop emiss-control" }, element("label", { for: "emiss-file" }, "Curves of others"), file, element("small", {}, "or drop files on the page: CSV, HEPData, DarkCast"), choices, element("p", { class: "emiss-fault", role: "alert", "data-fault": "curves" }));
  const button = (text, act, title) => element("button", { type: "button", title: title ?? text, onclick: act }, text);
  const buttons = element(
    "div",
    { class: "emiss-buttons" },
    button("Pin", pin, "keep these curves in grey to compare with (key p)"),
    button("ε PNG", () => save("figure", { plane: "coupling", format: "png" })),
    button("ε PDF", () => save("figure", { plane: "coupling", format: "pdf" })),
    button("y PNG", () => save("figure", { plane: "y", format: "png" })),
    button("y PDF", () => save("figure", { plane: "y", format: "pdf" })),
    button("CSV", () => save("csv", {})),
    button("BibTeX", () => save("bibtex", {})),
    button("Copy the command", () => recipe("command")),
    button("Copy the Python", () => recipe("python")),
    button("Permanent link", copyLink, "emiss explore LINK opens this again"),
  );
  const left = element(
    "form",
    { class: "emiss-controls", "aria-label": "controls", onsubmit: (event) => event.preventDefault() },
    list.node,
    element("div", { class: "emiss-control emiss-combine" }, combine, element("label", { for: "emiss-combine" }, "all together as well")),
    element("fieldset", {}, element("legend", {}, "Dark sector"), alpha.node, ratio.node, kind.node),
    element("fieldset", {}, element("legend", {}, "Design"), which.node, target.node, threshold.node, energy.node),
    element("fieldset", {}, element("legend", {}, "Statistics"), method.node, level.node),
    drop,
  );
  const view = element(
    "div",
    { class: "emiss-view" },
    fault,
    legend,
    element("div", { class: "emiss-planes" }, couplingHost, yHost),
    status,
    buttons,
    shown,
  );
  const below = element(
    "div",
    { class: "emiss-below" },
    element("section", { "aria-label": "verdicts" }, element("h2", {}, "Which thermal dark matter is left?"), verdicts),
    element("section", { "aria-label": "remarks" }, remarks),
  );
  root.replaceChildren(
    element("header", { class: "emiss-title" }, element("h1", {}, "emiss explore"), element("p", {}, `dark photon A′ → dark matter · emiss ${known.version}`)),
    element("div", { class: "emiss-columns" }, view, left, below),
  );
  const couplingPlot = makePlot(couplingHost, "coupling");
  const yPlot = makePlot(yHost, "y");

  // ---- asking
  function changed() {
    moved = performance.now();
    recoils = FIRST_RECOILS;
    showControls();
    options.keepLink?.(linkOf(state));
    shown.hidden = true; // what it says is no longer what the page shows
    root.dataset.pending = "";
    clearTimeout(verdictTimer);
    clearTimeout(timer);
    timer = setTimeout(send, DEBOUNCE);
  }

  async function send() {
    timer = null;
    if (busy && !overtakable) {
      waiting = true;
      return;
    }
    const own = (number += 1);
    const refines = recoils !== FIRST_RECOILS;
    busy = true;
    waiting = false;
    overtakable = refines;
    const started = moved;
    const slow = setTimeout(() => {
      if (own !== number) return;
      overtakable = true;
      if (waiting) return send();
      if (refines) return;
      status.textContent = "computing …";
      root.classList.add("emiss-busy");
    }, SLOW);
    let reply = null;
    try {
      reply = await ask("curves", { ...questionOf(state, curves), recoils }, own);
    } catch {
      reply = NO_ANSWER;
    }
    clearTimeout(slow);
    if (own !== number) return; // overtaken
    root.classList.remove("emiss-busy");
    busy = false;
    if (reply.status === 200) {
      answer = reply.json;
      showFault(root, unread ? "curves" : "", unread);
      root.classList.remove("emiss-stale");
      draw();
      showBadges(root, answer.limits);
      showPreview(answer.preview);
      root.dataset.answered = String(number);
      if (started !== null && !refines) root.dataset.milliseconds = (performance.now() - started).toFixed(1);
    } else if (reply.status !== OVERTAKEN) {
      root.classList.add("emiss-stale");
      status.textContent = "The curves are those of the last values that could be used.";
      showFault(root, reply.json.field, reply.json.message);
      root.dataset.refused = String(number);
    }
    const preview = reply.status === 200 ? reply.json.preview : null;
    if (!waiting && timer === null && !preview) delete root.dataset.pending;
    if (waiting) send();
    else if (preview) {
      recoils = preview.next;
      if (timer === null) send();
    } else if (reply.status === 200) askVerdicts();
  }

  function showPreview(preview) {
    if (!preview) {
      status.textContent = "";
      delete root.dataset.preview;
      return;
    }
    status.textContent = `preview: coupling within ${preview.error} % (1 σ), ${Math.round((100 * preview.recoils) / preview.of)} % of the muons are sampled …`;
    root.dataset.preview = String(preview.recoils);
  }

  function askVerdicts() {
    clearTimeout(verdictTimer);
    verdicts.classList.add("emiss-old");
    verdictTimer = setTimeout(async () => {
      const own = (verdictNumber += 1);
      const reply = await ask("verdicts", questionOf(state, []), own).catch(() => null);
      if (own !== verdictNumber || !reply) return;
      if (reply.status === 200) {
        showVerdicts(verdicts, reply.json, titles, kinds);
        verdicts.classList.remove("emiss-old");
        root.dataset.judged = String(own);
      } else if (reply.status !== OVERTAKEN && !root.classList.contains("emiss-stale")) {
        verdicts.replaceChildren(element("p", { class: "emiss-fault" }, reply.json.message));
        verdicts.classList.remove("emiss-old");
      }
    }, VERDICT_DELAY);
  }

  // ---- drawing
  const inY = (values) => values.map((v) => (typeof v === "number" ? (v * v * answer.alpha_dark) / answer.mass_ratio ** 4 : v));

  function limitLines(plane) {
    const alone = answer.limits.length === 1;
    return answer.limits.map((limit, i) => {
      const turn = plane === "y" ? inY : (values) => values;
      const line = {
        label: titles.get(limit.name) ?? limit.title,
        colour: limit.name === "combined" ? "#111111" : COLOURS[i % COLOURS.length],
        style: "emiss-limit",
        dash: LIMIT_DASHES[i % LIMIT_DASHES.length],
        fill: true,
        masses: plane === "y" ? limit.masses.map((m) => m / answer.mass_ratio) : limit.masses,
        values: turn(limit.coupling),
        upper: limit.upper ? turn(limit.upper) : undefined,
        searched: limit.upper ? turn([limit.searched])[0] : undefined,
        events: limit.events,
        shares: limit.shares,
      };
      if (alone) {
        line.median = turn(limit.median);
        line.band = limit.band.map(turn);
      }
      return line;
    });
  }

  function linesOf(plane) {
    const relic = answer.relic.map((line, i) => ({ ...line[plane], label: line.label, style: "emiss-relic", dash: RELIC_DASHES[i % RELIC_DASHES.length] }));
    const others = answer.others.flatMap((line, i) =>
      line[plane] ? [{ ...line[plane], closed: Boolean(line[plane].upper), label: line.label, style: "emiss-other", dash: OTHER_DASHES[i % OTHER_DASHES.length] }] : [],
    );
    const old = ghosts.flatMap((ghost) => ghost.lines[plane]);
    return [...old, ...relic.filter((line) => line.masses), ...others, ...limitLines(plane)];
  }

  function draw() {
    if (!answer) return;
    const level = `${Number((100 * answer.cl).toPrecision(6))} % CL`;
    couplingPlot.draw({ lines: linesOf("coupling"), xLabel: "mediator mass m_{A′}", yLabel: "kinetic mixing ε", massName: "m_{A′}", symbol: "ε", title: `Excluded kinetic mixing against mediator mass, ${level}` });
    yPlot.draw({ lines: linesOf("y"), xLabel: "dark-matter mass m_χ", yLabel: "y = ε² α_D (m_χ/m_{A′})⁴", massName: "m_χ", symbol: "y", title: `Excluded y against dark-matter mass, ${level}` });
    const entries = [
      ...limitLines("coupling"),
      ...answer.relic.map((line, i) => ({ label: line.label, style: "emiss-relic", dash: RELIC_DASHES[i % RELIC_DASHES.length] })),
      ...answer.others.map((line, i) => ({ label: line.label, style: "emiss-other", dash: OTHER_DASHES[i % OTHER_DASHES.length], remove: () => { curves.splice(i, 1); changed(); } })),
      ...ghosts.map((ghost, i) => ({ label: ghost.label, style: "emiss-ghost", remove: () => { ghosts.splice(i, 1); draw(); } })),
    ];
    showLegend(legend, entries);
    const faults = answer.others.flatMap((line) => (line.faults.length ? [`${line.label}: ${line.faults[0]}`] : []));
    showRemarks(remarks, [...answer.limits.flatMap((limit) => limit.warnings), ...answer.remarks, ...faults]);
  }

  function pin() {
    if (!answer) return;
    const label = `pinned ${ghosts.length + 1}: α_D ${answer.alpha_dark}, ratio ${answer.mass_ratio}`;
    const frozen = (plane) => limitLines(plane).map(({ masses, values, upper }) => ({ masses, values, upper, label, style: "emiss-ghost" }));
    ghosts.push({ label, lines: { coupling: frozen("coupling"), y: frozen("y") } });
    draw();
  }

  // ---- files, text, curves of others
  async function save(action, how) {
    status.textContent = "writing …";
    const reply = await ask(action, { ...questionOf(state, curves), ...how }, 0);
    status.textContent = "";
    if (!reply.blob) {
      showFault(root, reply.json.field, reply.json.message);
      return;
    }
    const place = URL.createObjectURL(reply.blob);
    const link = element("a", { href: place, download: reply.file });
    root.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(place), 10000);
    status.textContent = `saved ${reply.file}`;
  }

  async function copy(text, what) {
    shown.hidden = false;
    shown.value = text;
    shown.rows = Math.min(14, text.split("\n").length + 1);
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = `${what} is on the clipboard`;
    } catch {
      shown.select();
      status.textContent = `${what}: copy the text below`;
    }
  }

  async function recipe(which) {
    const reply = await ask("recipes", questionOf(state, curves), 0);
    if (reply.status === 200) await copy(reply.json[which], which === "command" ? "the command" : "the Python");
    else showFault(root, reply.json.field, reply.json.message);
  }

  function copyLink() {
    return copy((options.address ?? "") + linkOf(state), "the link");
  }

  async function dropped(files) {
    unread = "";
    const again = [...files];
    refused = [];
    for (const one of again) {
      status.textContent = `reading ${one.name} …`;
      const reply = await ask("read-curve", { ...said, name: one.name, text: await one.text() }, 0).catch(() => NO_ANSWER);
      if (reply.status === 200) {
        curves.push(reply.json);
        continue;
      }
      refused.push(one);
      choices.open = true;
      unread ||= reply.json.message;
    }
    status.textContent = "";
    showFault(root, "curves", unread);
    changed();
  }
  root.addEventListener("dragover", (event) => event.preventDefault());
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer?.files.length) dropped(event.dataTransfer.files);
  });
  root.addEventListener("keydown", (event) => {
    // Boxes to tick, sliders and the choice of files take no letters.
    const typing = event.target.matches("textarea, select, input:not([type=checkbox], [type=range], [type=file])");
    if (event.key === "p" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) pin();
  });

  showControls();
  moved = null;
  await send();
}
