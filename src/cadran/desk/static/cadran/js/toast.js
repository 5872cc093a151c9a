/* Short messages at the page's corner. From the server: HX-Trigger {"toast": {"text": "…", "level": "done|info|error"}}.
   Errors stay until they are dismissed; the others leave by themselves unless the pointer or the focus is on them, and
   at once when the next one comes: the latest act is the one that counts. */
(function () {
  "use strict";
  const STAYS = 6000;
  const AT_MOST = 3;

  function host() { return document.getElementById("toasts"); }

  /* An open dialog lies above everything else of the page: the toasts go up with it. */
  function raise() {
    const box = host();
    if (!box || !box.showPopover) { return; }
    if (document.querySelector("dialog:modal")) {
      box.setAttribute("popover", "manual");
      if (box.matches(":popover-open")) { box.hidePopover(); }
      box.showPopover();
    } else if (box.hasAttribute("popover")) {
      box.removeAttribute("popover");
    }
  }

  function leaveLater(toast) {
    if (toast.dataset.toast === "error") { return; }
    setTimeout(() => {
      if (toast.matches(":hover, :focus-within")) { leaveLater(toast); } else { toast.remove(); }
    }, STAYS);
  }

  function show(text, level) {
    const pattern = document.getElementById("toast-" + (level || "done")) || document.getElementById("toast-info");
    if (!pattern || !text) { return; }
    const toast = pattern.content.firstElementChild.cloneNode(true);
    raise();
    host().querySelectorAll("[data-toast]:not([data-toast=error])").forEach((old) => old.remove());
    host().append(toast);
    [...host().querySelectorAll("[data-toast]")].slice(0, -AT_MOST).forEach((old) => old.remove());
    toast.querySelector("[data-toast-text]").textContent = text;
    leaveLater(toast);
  }

  window.cadran = window.cadran || {};
  window.cadran.toast = show;

  document.addEventListener("toast", (event) => show(event.detail.text, event.detail.level));
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-toast-close]");
    if (close) { close.closest("[data-toast]").remove(); }
  });
  document.addEventListener("htmx:sendError", () => show(host().dataset.failed, "error"));
  document.addEventListener("htmx:timeout", () => show(host().dataset.failed, "error"));
  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    const plain = (answer.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    if (plain && answer.responseText && answer.status < 500) {
      show(answer.responseText.slice(0, 400), "error");
    } else {
      const { broken, missing, refused } = host().dataset;
      show(answer.status >= 500 ? broken : answer.status === 404 ? missing : refused, "error");
    }
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("#toasts [data-toast]").forEach(leaveLater);
  });
})();
