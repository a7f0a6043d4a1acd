// A file dropped or chosen: name and size at once; with data-upload on its form also the progress of sending.
import { all, say, toast, word } from "../kit/say.js";

const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

const watch = (drop) => {
  const input = drop.querySelector("input[type=file]"), name = drop.querySelector("[data-file]");
  const show = () => {
    const files = [...input.files];
    if (files.length) name.textContent = files.map((file) => `${file.name} · ${size(file.size)}`).join("，");
    const most = Number(drop.dataset.most || 0);
    input.setCustomValidity(most && files.some((file) => file.size > most) ? drop.dataset.tooBig : "");
    input.reportValidity();
  };
  ["dragover", "dragenter"].forEach((kind) => drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("is-over"); }));
  ["dragleave", "drop"].forEach((kind) => drop.addEventListener(kind, () => drop.classList.remove("is-over")));
  drop.addEventListener("drop", (event) => { event.preventDefault(); input.files = event.dataTransfer.files; show(); });
  input.addEventListener("change", show);
};

const send = (form) => form.addEventListener("submit", (event) => {
  const line = form.querySelector("[data-sending]");
  if (!line) return;
  event.preventDefault();
  // A second press while it is on its way sends nothing more.
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const bar = line.querySelector("progress"), text = line.querySelector("[data-sent]");
  const request = new XMLHttpRequest();
  line.hidden = false;
  request.upload.addEventListener("progress", (part) => {
    if (!part.lengthComputable) return;
    bar.max = part.total;
    bar.value = part.loaded;
    text.textContent = `${Math.floor((part.loaded / part.total) * 100)}%`;
  });
  request.addEventListener("load", () => {
    const to = request.getResponseHeader("X-Location");
    if (request.status < 400 && to) { location.assign(to); return; }
    if (request.status < 400 && request.responseURL !== location.href) { location.assign(request.responseURL); return; }
    // Shown as the browser would have shown it.
    document.open();
    document.write(request.responseText);
    document.close();
  });
  request.addEventListener("error", () => { delete form.dataset.busy; line.hidden = true; toast(word("failed"), "red"); });
  request.open("POST", form.action);
  const body = new FormData(form);
  if (event.submitter && event.submitter.name) body.append(event.submitter.name, event.submitter.value);
  request.send(body);
  say(form.dataset.upload);
});

export const uploads = (root) => {
  all(".drop", root).forEach(watch);
  all("form[data-upload]", root).forEach(send);
};
