// The page in a browser: questions go to the server that sent it.

import { mount } from "./page.js";

const page = crypto.randomUUID();

/** Ask the server; gives {status, json} or {status, blob, file}. */
async function ask(action, body, number) {
  const response = await fetch(`api/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ body, page, number }),
  });
  const kind = response.headers.get("Content-Type") ?? "";
  if (kind.startsWith("application/json")) return { status: response.status, json: await response.json() };
  const file = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "emiss";
  return { status: response.status, blob: await response.blob(), file };
}

mount(document.getElementById("emiss"), ask, {
  link: location.hash,
  keepLink: (link) => history.replaceState(null, "", link),
  address: location.origin + location.pathname,
});
