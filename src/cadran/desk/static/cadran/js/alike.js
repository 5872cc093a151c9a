/* What is known already of the ticket that is being typed: asked for while one types, never in the way of it.
   A proposal that is taken over fills the form; what was opened to be read stays open. */
(function () {
  "use strict";
  const DELAY = 300;
  const ASKED = ["title", "external_description", "product", "version", "asset", "known_error"];
  let timer = null;
  let told = "";

  function form() { return document.getElementById("new-ticket"); }
  function panel() { return document.getElementById("alike"); }

  function ask() {
    const main = form();
    if (!main) { return; }
    const asked = ASKED.map((name) => (main.elements[name] ? main.elements[name].value.trim() : "")).join("\n");
    if (asked === told) { return; }
    told = asked;
    window.htmx.trigger(panel(), "alike");
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, DELAY);
  }

  ["input", "change", "picker-changed"].forEach((name) => document.addEventListener(name, (event) => {
    if (event.target.form === form()) { soon(); }
  }));
  ["deduced", "fill", "DOMContentLoaded"].forEach((name) => document.addEventListener(name, soon));

  /* Where one was typing before the cursor came to the panel: taking over goes back there. */
  let typedIn = null;
  document.addEventListener("focusin", (event) => {
    if (!panel().contains(event.target)) { typedIn = event.target.closest("#new-ticket") && event.target; }
  });

  document.addEventListener("click", (event) => {
    const take = event.target.closest("[data-take]");
    if (!take) { return; }
    /* A telephone would open its keyboard over what has just been taken over. */
    if (typedIn && typedIn.isConnected && !window.matchMedia("(pointer: coarse)").matches) { typedIn.focus({ preventScroll: true }); }
    document.dispatchEvent(new CustomEvent("fill", { detail: JSON.parse(take.dataset.take) }));
    form().dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* On a telephone the panel is below the form: its foot tells how many there are. */
  function tell() {
    const sum = form().querySelector("[data-alike-sum]");
    const count = panel().querySelectorAll(".cd-alike").length;
    sum.hidden = !count;
    sum.querySelector("b").textContent = count;
  }

  let open = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== panel()) { return; }
    open = [...panel().querySelectorAll("details[open]")].map((one) => one.dataset.alike);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== panel()) { return; }
    open.forEach((key) => {
      const found = panel().querySelector("[data-alike='" + CSS.escape(key) + "']");
      if (found) { found.open = true; }
    });
    tell();
  });
})();
