// Passkeys: a form with data-passkey="create" or "get" asks data-options for a challenge, and posts the browser's answer.
(() => {
  const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (ch) => ch.charCodeAt(0));
  const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const listed = (list) => (list || []).map((item) => ({ ...item, id: toBytes(item.id) }));

  const answer = (credential) => {
    const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    }
    return {
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const create = (options) => navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: listed(options.excludeCredentials),
    },
  });
  const get = (options) => navigator.credentials.get({
    publicKey: { ...options, challenge: toBytes(options.challenge), allowCredentials: listed(options.allowCredentials) },
  });

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    // Browsers offer passkeys in secure contexts only, and never for a bare address.
    const usable = window.PublicKeyCredential && window.isSecureContext && !/^[\d.]+$|^\[/.test(location.hostname);
    const note = form.querySelector("[data-passkey-note]");
    if (!usable) {
      if (note) note.hidden = false;
      return;
    }
    form.querySelectorAll("[data-passkey-part]").forEach((part) => { part.hidden = false; });
    form.addEventListener("submit", async (event) => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      const failed = form.querySelector("[data-passkey-failed]");
      try {
        const sent = await fetch(form.dataset.options, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (!sent.ok || sent.redirected) throw new Error("no challenge");
        const { publicKey } = await sent.json();
        const credential = await (form.dataset.passkey === "create" ? create(publicKey) : get(publicKey));
        form.elements.credential.value = JSON.stringify(answer(credential));
        form.submit();
      } catch {
        if (failed) failed.hidden = false;
      }
    });
  });
})();
