/* Chooses light or dark before the first paint, and switches it. Loaded in the head, without defer.
   The person's stored choice (data-theme-choice) goes first; pages for strangers follow the last choice made in this
   browser, then the system. */
(function () {
  "use strict";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function kept() {
    try { return localStorage.getItem("cadran-theme"); } catch (refused) { return null; }
  }

  function choice() {
    return root.dataset.themeChoice || kept() || "system";
  }

  function paint() {
    if (root.hasAttribute("data-theme-fixed")) { return; }
    const wanted = choice();
    const dark = wanted === "dark" || (wanted !== "light" && system.matches);
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
    document.querySelectorAll("[data-theme-set]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === wanted));
    });
  }

  function choose(wanted) {
    try { localStorage.setItem("cadran-theme", wanted); } catch (refused) { /* A private window: the choice lasts for this page. */ }
    root.dataset.themeChoice = wanted;
    paint();
    const url = document.body.dataset.choicesUrl;
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (url && token) {
      const body = new URLSearchParams({ theme: wanted, csrfmiddlewaretoken: token.value });
      fetch(url, { method: "POST", body, credentials: "same-origin", keepalive: true }).catch(() => {});
    }
  }

  paint();
  system.addEventListener("change", paint);
  document.addEventListener("DOMContentLoaded", paint);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && kept()) { root.dataset.themeChoice = kept(); paint(); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-switch]")) {
      choose(root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark");
    }
    const set = event.target.closest("[data-theme-set]");
    if (set) { choose(set.dataset.themeSet); }
  });
})();
