// Countdown to a deadline that stands in the page as a time.
import { all, word } from "./say.js";

const clocks = new Set();
let timer = 0;
const two = (n) => String(n).padStart(2, "0");

const write = (clock) => {
  const left = Math.floor((Date.parse(clock.dataset.until) - Date.now()) / 1000);
  const days = Math.floor(left / 86400), minutes = two(Math.floor(left / 60) % 60) + ":" + two(left % 60);
  // A page without words for days says hours.
  const day = days > 0 && word(days === 1 ? "day" : "days").replace("{n}", days);
  const hours = day ? two(Math.floor(left / 3600) % 24) : Math.floor(left / 3600);
  clock.textContent = left <= 0 ? word("due") : (day ? day + " " : "") + (hours ? hours + ":" : "") + minutes;
  const line = clock.closest("[data-from]");
  const bar = line && line.querySelector("progress");
  if (!bar) return;
  const from = Date.parse(line.dataset.from), until = Date.parse(clock.dataset.until);
  bar.max = until - from;
  bar.value = Math.min(Date.now(), until) - from;
};

export const counting = (root) => {
  all("[data-until]", root).forEach((clock) => { clocks.add(clock); write(clock); });
  if (clocks.size && !timer) timer = setInterval(() => clocks.forEach((clock) => {
    if (clock.isConnected) write(clock); else clocks.delete(clock);
  }), 1000);
};
