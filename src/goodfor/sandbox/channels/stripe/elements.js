// A stand-in of Stripe.js: as much of it as a page with one Payment Element asks for. As there, the card is typed into a
// frame of the channel's own. Any number pays, but 4000000000000002 is declined. No real card belongs in here.
(() => {
  "use strict";
  const base = new URL(document.currentScript.src).origin + "/stripe/_elements";
  const TITLES = { zh: "银行卡（模拟）", en: "Card (simulated)" };

  window.Stripe = (key, options = {}) => {
    const locale = TITLES[options.locale] ? options.locale : "en";
    return {
      elements({ clientSecret }) {
        const heard = {};
        const frame = document.createElement("iframe");
        const field = document.createElement("div");
        frame.title = TITLES[locale];
        for (const [name, value] of Object.entries({ frameborder: "0", width: "100%", height: "96" })) frame.setAttribute(name, value);
        field.append(frame);
        const element = {
          on(name, handler) { (heard[name] ||= []).push(handler); return element; },
          mount(target) {
            (typeof target === "string" ? document.querySelector(target) : target).replaceChildren(field);
            frame.addEventListener("load", () => (heard.ready || []).forEach((handler) => handler({ elementType: "payment" })));
            frame.src = `${base}/field?${new URLSearchParams({ key, locale })}`;
          },
        };
        const confirm = () => new Promise((done) => {
          const channel = new MessageChannel();
          channel.port1.onmessage = (message) => done(message.data);
          frame.contentWindow.postMessage({ client_secret: clientSecret }, new URL(base).origin, [channel.port2]);
        });
        return { create: () => element, confirm };
      },
      async retrievePaymentIntent(secret) {
        const body = new URLSearchParams({ key, client_secret: secret });
        const said = await (await fetch(`${base}/retrieve`, { method: "POST", body })).json();
        return said.error ? { error: said.error } : { paymentIntent: said };
      },
      confirmPayment: ({ elements }) => elements.confirm(),
    };
  };
})();
