// The page in a notebook: questions go to the kernel by messages of the widget.

function render({ model, el }) {
  const pending = new Map();
  let last = 0;
  const page = String(Math.random());
  const hear = (message, buffers) => {
    const settle = pending.get(message.id);
    if (!settle) return;
    pending.delete(message.id);
    const content = buffers[0];
    if (message.kind.startsWith("application/json")) settle({ status: message.status, json: JSON.parse(new TextDecoder().decode(content)) });
    else settle({ status: message.status, blob: new Blob([content], { type: message.kind }), file: message.file });
  };
  model.on("msg:custom", hear);
  const ask = (action, body, number) =>
    new Promise((settle) => {
      last += 1;
      pending.set(last, settle);
      model.send({ id: last, action, body, page, number });
    });
  const root = document.createElement("div");
  el.appendChild(root);
  mount(root, ask, { link: model.get("link"), keepLink: (link) => { model.set("link", link); model.save_changes(); } });
  return () => model.off("msg:custom", hear);
}

export default { render };
