// Passkeys: the one part of an account that cannot work without a script. The forms stay hidden where it cannot either.
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !window.isSecureContext) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const post = (address, body) => fetch(address, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, cache: "no-store" });

  const create = async (options) => {
    const made = await navigator.credentials.create({ publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: listed(options.excludeCredentials),
    } });
    return { id: made.id, rawId: text(made.rawId), type: made.type, response: {
      clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject),
    } };
  };
  const get = async (options) => {
    const found = await navigator.credentials.get({ publicKey: {
      ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials),
    } });
    const answer = found.response;
    return { id: found.id, rawId: text(found.rawId), type: found.type, response: {
      clientDataJSON: text(answer.clientDataJSON), authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature), ...(answer.userHandle ? { userHandle: text(answer.userHandle) } : {}),
    } };
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    const failed = form.querySelector("[data-failed]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      button.disabled = true;
      failed.hidden = true;
      try {
        const asked = await post(form.dataset.options, new FormData(form));
        if (asked.status === 403 && form.dataset.proof) { location.assign(form.dataset.proof); return; }
        if (!asked.ok) throw new Error(String(asked.status));
        const options = (await asked.json()).publicKey;
        const answer = await (form.dataset.passkey === "create" ? create : get)(options);
        const body = new FormData(form);
        body.set("answer", JSON.stringify(answer));
        const done = await post(form.action, body);
        if (!done.ok) throw new Error(String(done.status));
        location.assign((await done.json()).go);
      } catch {
        button.disabled = false;
        failed.hidden = false;
      }
    });
  });
})();
