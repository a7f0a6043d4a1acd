// Words for everybody: a status line that is read out, and toasts that are seen. The texts stand in the page.
const region = document.getElementById("say");

export const word = (name) => (region && region.dataset[name]) || "";

export const say = (text) => { if (region) region.textContent = text; };

export const toast = (text, tone = "plain") => {
  const list = document.querySelector(".toasts");
  if (!list) return say(text);
  const item = document.createElement("p");
  item.className = tone === "red" ? "toast toast-red" : "toast";
  item.textContent = text;
  // A dialog lies above everything: show the toast inside of the topmost one.
  const open = [...document.querySelectorAll("dialog[open]")].pop();
  (open && !open.contains(list) ? open : list).append(item);
  say(text);
  setTimeout(() => item.remove(), tone === "red" ? 8000 : 4000);
};

export const all = (selector, root = document) => {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches && root.matches(selector)) found.unshift(root);
  return found;
};
