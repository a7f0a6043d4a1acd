// Solves a challenge (ALTCHA's format, PBKDF2 by Web Crypto) in workers and hands the solution in with the form.
//
// <form data-challenge='{"parameters": ..., "signature": ...}'>: a hidden field `proof` is added once it is solved; a
// form that is sent before waits for it. Elements with data-challenge-say="solving | solved | failed" are shown at
// their time. Without Web Crypto (a page that is not served securely) "failed" is shown: a one-time code is the way
// around. No dependency, no network.
"use strict";

(() => {
  const page = typeof document !== "undefined";

  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  const hex = (array) => Array.from(array, (byte) => byte.toString(16).padStart(2, "0")).join("");

  const derive = async (parameters, counter) => {
    const nonce = bytes(parameters.nonce);
    const password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    new DataView(password.buffer).setUint32(nonce.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivation = {
      name: "PBKDF2",
      hash: parameters.algorithm.split("/")[1],
      salt: bytes(parameters.salt),
      iterations: parameters.cost,
    };
    return new Uint8Array(await crypto.subtle.deriveBits(derivation, key, parameters.keyLength * 8));
  };

  const search = async (parameters, first, step) => {
    const wanted = parameters.keyPrefix.toLowerCase();
    for (let counter = first; counter <= parameters.data.rounds; counter += step) {
      const found = hex(await derive(parameters, counter));
      if (found.startsWith(wanted)) return { counter, derivedKey: found };
    }
    return null;
  };

  if (!page) {
    self.onmessage = async (event) => {
      const { parameters, first, step } = event.data;
      try {
        self.postMessage(await search(parameters, first, step));
      } catch (error) {
        self.postMessage({ error: String(error) });
      }
    };
    return;
  }

  const source = document.currentScript.src;

  // The payload for the server, base64. Rejects when it cannot be solved here.
  const solve = (challenge) =>
    new Promise((resolve, reject) => {
      if (!(window.crypto && crypto.subtle && window.Worker)) {
        reject(new Error("no Web Crypto"));
        return;
      }
      const began = performance.now();
      const parameters = challenge.parameters;
      const many = Math.min(4, Math.max(1, (navigator.hardwareConcurrency || 2) - 1));
      const workers = [];
      let left = many;
      const end = (finish) => {
        workers.forEach((worker) => worker.terminate());
        finish();
      };
      for (let number = 0; number < many; number += 1) {
        const worker = new Worker(source);
        workers.push(worker);
        worker.onerror = () => end(() => reject(new Error("no worker")));
        worker.onmessage = (event) => {
          const found = event.data;
          if (found && !found.error) {
            const solution = { ...found, time: Math.round(performance.now() - began) };
            end(() => resolve(btoa(JSON.stringify({ challenge, solution }))));
            return;
          }
          left -= 1;
          if (left === 0) end(() => reject(new Error((found && found.error) || "no solution")));
        };
        worker.postMessage({ parameters, first: number, step: many });
      }
    });

  const say = (form, what) => {
    for (const element of form.querySelectorAll("[data-challenge-say]")) {
      element.hidden = element.dataset.challengeSay !== what;
    }
  };

  const serve = (form) => {
    let waiting = false;
    let solved = false;
    let button = null;
    form.addEventListener("submit", (event) => {
      if (solved) return;
      event.preventDefault();
      waiting = true;
      button = event.submitter;
    });
    say(form, "solving");
    solve(JSON.parse(form.dataset.challenge)).then(
      (payload) => {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = "proof";
        field.value = payload;
        form.append(field);
        solved = true;
        say(form, "solved");
        if (waiting) form.requestSubmit(button);
      },
      () => {
        // The form goes as it is: the server offers a one-time code.
        solved = true;
        say(form, "failed");
        if (waiting) form.requestSubmit(button);
      },
    );
  };

  window.goodforSolve = solve;
  document.querySelectorAll("form[data-challenge]").forEach(serve);
})();
