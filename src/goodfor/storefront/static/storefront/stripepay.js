// Paying on the page: Stripe's own script draws the fields and holds the card; we see neither. Whether the money came is
// what our server says, which the page asks anyway.
(() => {
  "use strict";
  const place = document.querySelector("[data-stripe]");
  if (!place) return;
  const SECONDS = 12;
  const { stripe: key, secret, account, script, back, lang } = place.dataset;
  const part = (name) => place.querySelector(`[data-${name}]`);
  const form = place.querySelector("form");
  const button = form.querySelector("button");
  const said = part("said");
  const only = (...names) => {
    for (const name of ["loading", "done", "trouble", "unloaded"]) part(name).hidden = !names.includes(name);
  };

  // Coming back from a bank, the address holds the secret: it is not to stay there.
  if (new URLSearchParams(location.search).has("payment_intent_client_secret")) {
    history.replaceState(null, "", location.pathname);
  }

  let over = false;
  const unloaded = () => {
    if (over) return;
    over = true;
    form.hidden = true;
    only("unloaded");
    const plain = part("plain-form");
    if (plain) part("plain").append(plain.content.cloneNode(true));
  };

  const say = (text) => {
    said.textContent = text || "";
    said.hidden = !text;
  };

  const mount = (stripe) => {
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    const elements = stripe.elements({ clientSecret: secret, appearance: { theme: dark ? "night" : "stripe" } });
    const fields = elements.create("payment");
    fields.on("ready", () => { if (!over) { over = true; only(); form.hidden = false; } });
    fields.on("loaderror", unloaded);
    // Shown only when it is ready, but it must have a place to measure itself in.
    form.hidden = false;
    button.hidden = true;
    fields.on("ready", () => { button.hidden = false; });
    fields.mount(part("fields"));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      say("");
      only();
      let answer;
      try {
        answer = await stripe.confirmPayment({ elements, confirmParams: { return_url: back }, redirect: "if_required" });
      } catch {
        answer = { error: {} };
      }
      button.disabled = false;
      if (!answer.error) {
        form.hidden = true;
        only("done");
      } else if (["card_error", "validation_error"].includes(answer.error.type) && answer.error.message) {
        say(answer.error.message);
      } else {
        only("trouble");
      }
    });
  };

  const begin = async () => {
    const options = { locale: lang === "en" ? "en" : "zh" };
    if (account) options.stripeAccount = account;
    const stripe = window.Stripe(key, options);
    const { paymentIntent } = await stripe.retrievePaymentIntent(secret);
    if (paymentIntent && ["succeeded", "processing"].includes(paymentIntent.status)) {
      over = true;
      only("done");
      return;
    }
    mount(stripe);
  };

  only("loading");
  setTimeout(unloaded, SECONDS * 1000);
  const loader = document.createElement("script");
  loader.src = script;
  loader.addEventListener("error", unloaded);
  loader.addEventListener("load", () => { begin().catch(unloaded); });
  document.head.append(loader);
})();
