// In front of the theme's script: the search waits until it is opened, and what a
// browser refuses in a folder works there all the same.

// A worker that starts with the first message to it.
{
  const Native = window.Worker;
  // From a folder browsers start no workers: the script runs in a frame instead, and
  // finds there what a worker finds.
  const inFrame = (source, hear) => {
    const frame = document.createElement("iframe");
    frame.hidden = true;
    document.documentElement.append(frame);
    const inside = frame.contentWindow;
    inside.postMessage = hear;
    const script = frame.contentDocument.createElement("script");
    script.src = source;
    const ready = new Promise((done) => script.addEventListener("load", done));
    frame.contentDocument.body.append(script);
    return (data) => ready.then(() => inside.dispatchEvent(new MessageEvent("message", { data })));
  };
  const inWorker = (source, hear) => {
    const worker = new Native(source);
    worker.addEventListener("message", ({ data }) => hear(data));
    return (data) => worker.postMessage(data);
  };
  const local = location.protocol === "file:";
  if (local) window.IFrameWorker = true; // the theme's worker looks for it
  window.Worker = class extends EventTarget {
    static Native = Native; // for modules, and to be ended
    constructor(source) {
      super();
      this.source = source;
    }
    postMessage(data) {
      const hear = (answer) => this.dispatchEvent(new MessageEvent("message", { data: answer }));
      this.send ??= (local ? inFrame : inWorker)(this.source, hear);
      this.send(data);
    }
    terminate() {}
  };
  // A link to a folder would list its files. Links of the search come late, so each is
  // completed when it is about to be used.
  const complete = ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link?.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
  };
  if (local)
    for (const event of ["pointerdown", "keydown", "click", "auxclick"])
      document.addEventListener(event, complete, { capture: true });
}
