// Copy: the exact text, never the gaps drawn between groups.
import { all, say, word } from "./say.js";

export const copyText = async (text) => {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "sr";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy refused");
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const place = button.querySelector("[data-copy-word]") || button;
  const was = button.dataset.was || place.textContent;
  button.dataset.was = was;
  let done = word("copied");
  try {
    await copyText(button.dataset.copy);
  } catch {
    done = word("failed");
  }
  say(done);
  if (place.childElementCount === 0) place.textContent = done;
  setTimeout(() => { if (place.childElementCount === 0) place.textContent = was; }, 1600);
});

export const copying = (root) => all("[data-copy]", root).forEach((button) => { button.hidden = false; });
