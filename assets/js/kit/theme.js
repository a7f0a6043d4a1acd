// Light, dark, or as the device says. Kept in a cookie, so that the server writes it into the page and nothing flashes.
import { all } from "./say.js";

const root = document.documentElement;
const keep = (value) => {
  document.cookie = `gf_theme=${value}; path=/; max-age=${value ? 31536000 : 0}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-to]");
  if (!button) return;
  const to = button.dataset.themeTo;
  if (to) root.dataset.theme = to; else delete root.dataset.theme;
  keep(to);
  show();
  document.dispatchEvent(new CustomEvent("theme:changed"));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("theme:changed")));

const show = (place = document) => all("[data-theme-to]", place).forEach((button) => {
  button.setAttribute("aria-pressed", String(button.dataset.themeTo === (root.dataset.theme || "")));
});

export const theme = (place) => show(place);
