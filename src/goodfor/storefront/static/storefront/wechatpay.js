// Paying inside of WeChat: its own browser is given what the channel has signed. Elsewhere the button stays hidden.
(() => {
  "use strict";
  const place = document.querySelector("[data-wechat-pay]");
  if (!place) return;
  const failed = place.querySelector("[data-failed]");
  const button = place.querySelector("button");
  const signed = JSON.parse(place.dataset.wechatPay);
  const ask = () => {
    button.disabled = true;
    window.WeixinJSBridge.invoke("getBrandWCPayRequest", signed, (answer) => {
      button.disabled = false;
      // "ok" is a hint only: the page asks our server whether the money came.
      failed.hidden = answer.err_msg === "get_brand_wcpay_request:ok";
    });
  };
  const ready = () => {
    button.hidden = false;
    button.addEventListener("click", ask);
    if (place.dataset.go === "1") ask();
  };
  if (window.WeixinJSBridge) ready();
  else document.addEventListener("WeixinJSBridgeReady", ready, { once: true });
})();
