// Goodfor storefront, beside the kit's own script: only makes pages nicer that work without it. No inline code.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const saying = document.getElementById("say");
  const say = (text) => { if (saying) saying.textContent = text; };

  // Wait for the order to move on; slower with time and while the page is hidden.
  const waiting = document.querySelector("[data-poll]");
  if (waiting) {
    let asked = 0;
    const ask = async () => {
      asked += 1;
      if (!document.hidden) {
        try {
          const answer = await fetch(waiting.dataset.poll, { headers: { "X-Requested-With": "fetch" }, cache: "no-store" });
          if (answer.ok && (await answer.json()).state !== waiting.dataset.state) {
            location.replace(location.pathname);
            return;
          }
        } catch { /* offline for a moment: ask again */ }
      }
      setTimeout(ask, asked < 30 ? 2000 : asked < 60 ? 5000 : 15000);
    };
    setTimeout(ask, 1500);
  }
  // Coming back from the channel must not lead there again.
  if (new URLSearchParams(location.search).has("go")) history.replaceState(null, "", location.pathname);

  // Money as the server writes it.
  const writeTotal = (place, minor) => {
    const whole = Math.floor(minor / 100).toString().replace(/\B(?=(\d{3})+$)/g, ",");
    const money = document.createElement("span");
    const sign = document.createElement("span");
    const cents = document.createElement("span");
    money.className = "money";
    sign.className = "money-sign";
    sign.textContent = place.dataset.sign;
    cents.className = "money-cents";
    cents.textContent = "." + String(minor % 100).padStart(2, "0");
    money.append(sign, whole, cents);
    place.replaceChildren(money);
  };

  // Product: the token shows the chosen face; quantity within what can be had; total. All bound to one form.
  const buy = document.querySelector("[data-buy]");
  if (buy) {
    const quantity = buy.querySelector("#qty");
    const face = buy.querySelector("[data-face]");
    const total = buy.querySelector("[data-total]");
    const label = buy.querySelector("[data-total-label]");
    const update = () => {
      const sku = buy.querySelector("input[name=sku]:checked");
      if (!sku) return;
      const most = Number(sku.dataset.most);
      quantity.max = most;
      if (Number(quantity.value) > most) quantity.value = most;
      const drawn = sku.parentElement.querySelector(".face");
      if (drawn && !face.querySelector("img")) face.replaceChildren(drawn.cloneNode(true));
      const pieces = Math.max(1, Math.floor(Number(quantity.value)) || 1);
      label.textContent = label.dataset.totalWord;
      // So many pieces have the price of a campaign, the others cost what they always cost.
      const cheap = Math.min(pieces, Number(sku.dataset.pieces || pieces));
      writeTotal(total, Number(sku.dataset.price) * cheap + Number(sku.dataset.full || 0) * (pieces - cheap));
      const stack = buy.querySelector("[data-stack]");
      if (stack) {
        const price = Number(sku.dataset.price), list = Number(sku.dataset.list);
        [["list", list], ["saved", list - price], ["pay", price]].forEach(([name, minor]) => {
          const place = stack.querySelector(`[data-stack-${name}]`);
          place.dataset.sign = stack.dataset.sign;
          writeTotal(place, minor);
        });
      }
      all("[data-step]", buy).forEach((b) => { b.disabled = b.dataset.step < 0 ? pieces <= 1 : pieces >= most; });
    };
    buy.addEventListener("input", update);
    update();
  }
  all("[data-sum]").forEach((input) => input.addEventListener("input", () => {
    const pieces = Math.max(1, Math.floor(Number(input.value)) || 1);
    all("[data-total]").forEach((place) => writeTotal(place, Number(input.dataset.price) * pieces));
  }));

  // Checkout with campaigns: another quantity or coupon is another price, which the server tells.
  all("[data-reprice]").forEach((input) => input.addEventListener("change", () => {
    const button = input.form && input.form.querySelector("[data-update]");
    if (button) input.form.requestSubmit(button);
  }));

  // A top-up: what is typed is looked at by the server, as it will be when it is sent.
  all("[data-check]").forEach((place) => {
    const form = place.closest("form");
    let timer, asked = 0;
    const look = async (done) => {
      const body = new FormData(form);
      if (done) body.set("done", "1");
      const number = (asked += 1);
      try {
        const answer = await fetch(place.dataset.check, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, cache: "no-store" });
        if (!answer.ok || number !== asked) return;
        const { fields } = await answer.json();
        Object.entries(fields).forEach(([name, { error, note }]) => {
          const input = form.elements[name], help = document.getElementById(name + "-help");
          if (!input || !help || !(input.dataset.touched || input.value)) return;
          input.toggleAttribute("aria-invalid", false);
          if (error) input.setAttribute("aria-invalid", "true");
          help.className = error ? "bad" : "quiet";
          help.textContent = error || note || help.dataset.hint;
        });
      } catch { /* the server looks again when it is sent */ }
    };
    place.addEventListener("input", (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => look(false), 500);
      // Typing an account means it, whatever was picked before.
      const typed = event.target.name === "f_account" && form.querySelector("input[name=use_account][value='']");
      if (typed) typed.checked = true;
    });
    place.addEventListener("change", (event) => {
      clearTimeout(timer);
      event.target.dataset.touched = "1";
      look(true);
    });
  });

  // Share a product: the phone's own sheet, else the address is copied.
  all("[data-share]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const what = { title: button.dataset.title, url: button.dataset.url };
      try {
        if (navigator.share) await navigator.share(what);
        else { await navigator.clipboard.writeText(what.url); window.goodfor.toast(saying.dataset.copied); }
      } catch (error) { if (error.name !== "AbortError") window.goodfor.toast(what.url); }
    });
  });

  // Turn one code over in place, drawn by the server as on the page itself.
  all("form[data-reveal]").forEach((form) => form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter || form.querySelector("button");
    const body = new FormData(form);
    body.set("code", button.value);
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, cache: "no-store" });
      if (answer.status === 403) {
        // More is asked for first: on a page of its own, which the form leads to.
        const asked = document.createElement("input");
        Object.assign(asked, { type: "hidden", name: "code", value: button.value });
        form.append(asked);
        form.submit();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const code = (await answer.json()).codes[0];
      const drawn = new DOMParser().parseFromString(code.html, "text/html").body.firstElementChild;
      form.closest("[data-code]").replaceWith(drawn);
      drawn.querySelector(".ticket-body").classList.add("turned");
      window.goodfor.start(drawn);
      drawn.querySelector(".copy").focus();
    } catch {
      button.disabled = false;
      say(saying.dataset.failed);
      button.textContent = saying.dataset.failed;
    }
  }));
})();
