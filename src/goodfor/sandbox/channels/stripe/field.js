// Inside of the frame: the card's number stays here; the page around it is only told how it went.
(() => {
  "use strict";
  const WORDS = {
    zh: { empty: "请填写卡号。", declined: "这张卡被拒绝了，请换一张。" },
    en: { empty: "Your card number is incomplete.", declined: "Your card was declined." },
  };
  const asked = new URLSearchParams(location.search);
  const words = WORDS[asked.get("locale")] || WORDS.en;
  const input = document.querySelector("input");

  addEventListener("message", async ({ data, ports: [port] }) => {
    const card = input.value.replace(/\s/g, "");
    if (card.length < 12) {
      port.postMessage({ error: { type: "validation_error", message: words.empty } });
      return;
    }
    const body = new URLSearchParams({ key: asked.get("key"), client_secret: data.client_secret, card });
    const said = await (await fetch("confirm", { method: "POST", body })).json();
    if (said.error && said.error.type === "card_error") said.error.message = words.declined;
    port.postMessage(said.error ? { error: said.error } : { paymentIntent: said });
  });
})();
