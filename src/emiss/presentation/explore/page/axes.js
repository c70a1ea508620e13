// Logarithmic axes: ranges, ticks and numbers as text.

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

export function powerOfTen(exponent) {
  return "10" + [...String(exponent)].map((c) => SUPERSCRIPTS[c]).join("");
}

/** Split "m_χ" or "m_{A′}" into pieces [text, lowered]. */
export function pieces(text) {
  return [...text.matchAll(/_\{([^}]*)\}|_(.)|([^_]+)/gu)].map(([, group, one, plain]) => (plain === undefined ? [group ?? one, true] : [plain, false]));
}

/** A number with three digits: 1.23 × 10⁻⁴ where it is far from 1. */
export function shortNumber(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "—";
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  if (exponent >= -2 && exponent < 4) return String(Number(value.toPrecision(digits)));
  const mantissa = Number((value / 10 ** exponent).toPrecision(digits));
  return (mantissa === 1 ? "" : `${mantissa} × `) + powerOfTen(exponent);
}

export function massText(gev, digits = 3) {
  const [value, unit] = gev < 1e-3 ? [gev * 1e6, "keV"] : gev < 1 ? [gev * 1e3, "MeV"] : [gev, "GeV"];
  return `${Number(value.toPrecision(digits))} ${unit}`;
}

/** Decimal logarithms from low to high that are whole; steps of several decades if many. */
export function decades(low, high) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / 7));
  const found = [];
  for (let e = first; e <= last; e += step) found.push(e);
  return found;
}

/** Major ticks as values; 2 and 5 as well where there are fewer than two decades. */
export function majorTicks(low, high) {
  const whole = decades(low, high).map((e) => 10 ** e);
  if (whole.length >= 3) return whole;
  const found = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e += 1) {
    for (const m of [1, 2, 5]) {
      const value = m * 10 ** e;
      if (value >= low * 0.999 && value <= high * 1.001) found.push(value);
    }
  }
  return found;
}

export function minorTicks(low, high) {
  const found = [];
  if (high / low > 1e9) return found;
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e += 1) {
    for (let m = 2; m < 10; m += 1) {
      const value = m * 10 ** e;
      if (value > low && value < high) found.push(value);
    }
  }
  return found;
}

/** Range of values widened to half decades, so that it stands still while a slider moves. */
export function steadyRange(values) {
  const some = values.filter((v) => v !== null && Number.isFinite(v) && v > 0);
  if (some.length === 0) return null;
  // Not Math.min(...values): thousands of points are too many arguments.
  let low = Infinity;
  let high = 0;
  for (const v of some) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const down = Math.floor((Math.log10(low) - 0.08) * 2) / 2;
  const up = Math.ceil((Math.log10(high) + 0.08) * 2) / 2;
  return [10 ** down, 10 ** up];
}

/** Value of a curve at a mass, straight in the logarithms; null outside or in a gap. */
export function valueAt(masses, values, mass) {
  let low = 0;
  let high = masses.length - 1;
  if (high < 0 || mass < masses[0] || mass > masses[high]) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (masses[middle] <= mass) low = middle;
    else high = middle;
  }
  const [a, b] = [values[low], values[high]];
  if (a === null || b === null || a === undefined || b === undefined) return null;
  if (masses[high] === masses[low]) return a;
  const part = Math.log(mass / masses[low]) / Math.log(masses[high] / masses[low]);
  return a * (b / a) ** part;
}

export function nearestIndex(masses, mass) {
  let best = 0;
  masses.forEach((m, i) => {
    if (Math.abs(Math.log(m / mass)) < Math.abs(Math.log(masses[best] / mass))) best = i;
  });
  return best;
}
