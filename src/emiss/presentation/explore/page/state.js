// What the controls say, and the permanent link that says it again.

export const DEFAULTS = {
  experiments: [{ name: "na64e-2016-2022" }],
  alpha_dark: "0.1",
  mass_ratio: "3",
  dark_matter: "pseudo-dirac",
  method: "cls",
  cl: "0.9",
  combine: false,
};

const APPARATUS = { beam_energy: "b", threshold: "t", on_target: "n" };

/** Forget what is said of an apparatus where it is what its experiment says: that is no design. */
export function settle(part, own) {
  const same = (key) => String(part[key] ?? "").trim() !== "" && own?.[key] != null && Number(part[key]) === Number(own[key].toPrecision(4));
  for (const key of ["beam_energy", "on_target"]) if (same(key)) delete part[key];
  // At another beam energy the threshold would be another one.
  if (part.beam_energy === undefined && same("threshold")) delete part.threshold;
}

/** Text of a control as the question has it: a number, or the text for the server to refuse. */
function asNumber(text) {
  const trimmed = String(text).trim();
  const value = Number(trimmed);
  return trimmed !== "" && Number.isFinite(value) ? value : trimmed;
}

export function questionOf(state, curves) {
  const experiments = state.experiments.map((part) => {
    const row = { name: part.name };
    for (const key of Object.keys(APPARATUS)) if (part[key] !== undefined) row[key] = asNumber(part[key]);
    return row;
  });
  return {
    experiments,
    alpha_dark: asNumber(state.alpha_dark),
    mass_ratio: asNumber(state.mass_ratio),
    dark_matter: state.dark_matter,
    method: state.method,
    cl: asNumber(state.cl),
    combine: state.combine,
    curves,
  };
}

export function linkOf(state) {
  const parts = state.experiments.map((part) =>
    [part.name, ...Object.entries(APPARATUS).flatMap(([key, sign]) => (part[key] === undefined ? [] : [sign + part[key]]))].join("~"),
  );
  const words = new URLSearchParams({
    e: parts.join(","),
    a: state.alpha_dark,
    r: state.mass_ratio,
    k: state.dark_matter,
    m: state.method,
    cl: state.cl,
  });
  if (state.combine) words.set("c", "1");
  return "#" + words.toString();
}

export function stateOf(link) {
  const state = structuredClone(DEFAULTS);
  const words = new URLSearchParams(String(link).replace(/^[^#]*#/, ""));
  const keys = { a: "alpha_dark", r: "mass_ratio", k: "dark_matter", m: "method", cl: "cl" };
  for (const [sign, key] of Object.entries(keys)) if (words.has(sign)) state[key] = words.get(sign);
  state.combine = words.get("c") === "1";
  if (words.get("e")) {
    state.experiments = words
      .get("e")
      .split(",")
      .map((text) => {
        const [name, ...changes] = text.split("~");
        const part = { name };
        for (const change of changes) {
          const key = Object.keys(APPARATUS).find((k) => APPARATUS[k] === change[0]);
          if (key) part[key] = change.slice(1);
        }
        return part;
      });
  }
  return state;
}
