// Forms: one submission per click, steppers, revealing a password, sending a select at once.
import { all } from "./say.js";

const free = (form) => {
  delete form.dataset.sent;
  all("button[type=submit], button:not([type])", form).forEach((button) => button.removeAttribute("aria-disabled"));
};
window.addEventListener("pageshow", () => all("form[data-once]").forEach(free));

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  all("button[type=submit], button:not([type])", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = button.parentElement.querySelector("input");
  const least = Number(input.min || 0), most = input.max ? Number(input.max) : Infinity;
  input.value = Math.min(most, Math.max(least, (Number(input.value) || least) + Number(button.dataset.step)));
  input.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-submit]");
  if (field && field.form) field.form.requestSubmit();
});

const limits = (stepper) => {
  const input = stepper.querySelector("input"), value = Number(input.value);
  all("[data-step]", stepper).forEach((button) => {
    button.disabled = button.dataset.step < 0 ? value <= Number(input.min || 0) : Boolean(input.max) && value >= Number(input.max);
  });
};

export const forms = (root) => {
  all(".stepper", root).forEach((stepper) => {
    all("[data-step]", stepper).forEach((button) => { button.hidden = false; });
    stepper.addEventListener("input", () => limits(stepper));
    limits(stepper);
  });
  all("[data-peek]", root).forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const input = document.getElementById(button.dataset.peek);
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    });
  });
};
