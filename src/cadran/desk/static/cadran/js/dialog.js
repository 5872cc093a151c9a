/* Dialogs loaded by htmx: whatever lands in a <dialog class="cd-dialog-host"> opens it as a modal dialog.
   Escape and the close buttons ask before typed words are lost; the focus goes in and comes back. */
(function () {
  "use strict";
  const openers = new WeakMap();
  /* How many were opened so far: it tells one that stands in a host from the one before. */
  let shown = 0;

  /* Where a dialog begins, what must be answered and isn't yet comes before what is merely first. */
  function unanswered(dialog) {
    const start = dialog.querySelector(".cd-dsect") || dialog;
    const field = [...start.querySelectorAll("label:has(> .cd-req)")].map((label) => label.control)
      .find((one) => one && !one.disabled && !one.value && !one.closest(".ts-wrapper.has-items"));
    return field && field.getClientRects().length ? field : null;
  }

  function firstField(dialog) {
    return dialog.querySelector("[data-errors]") || dialog.querySelector("[autofocus]") || unanswered(dialog)
      || dialog.querySelector(".cd-dialog-body :is(input:not([type=hidden]):not([tabindex='-1']), select:not(.tomselected), textarea, [contenteditable]):not(:disabled)")
      || dialog.querySelector(".cd-dialog-foot .btn-primary") || dialog.querySelector("button");
  }

  function open(dialog) {
    if (!dialog.open) {
      openers.set(dialog, document.activeElement);
      dialog.dataset.shown = ++shown;
      dialog.showModal();
    }
    const field = firstField(dialog);
    if (!field) { return; }
    /* Pickers and editors of the new part are made first. */
    if (field.matches("[data-errors]")) { setTimeout(() => window.cadran.forms.goToError(field)); } else { field.focus(); }
  }

  function isDirty(dialog) {
    return [...dialog.querySelectorAll("form[data-guard]")].some((form) => window.cadran.forms.isDirty(form));
  }

  function shut(dialog) {
    dialog.close();
  }

  function askToClose(dialog) {
    if (!isDirty(dialog)) { shut(dialog); return; }
    if (dialog.querySelector(".cd-unsaved")) { return; }
    const notice = document.getElementById("unsaved").content.firstElementChild.cloneNode(true);
    const before = document.activeElement;
    dialog.append(notice);
    notice.querySelector("[data-unsaved-stay]").focus();
    notice.addEventListener("click", (event) => {
      if (event.target.closest("[data-unsaved-leave]")) { notice.remove(); shut(dialog); }
      if (event.target.closest("[data-unsaved-stay]")) { notice.remove(); if (before) { before.focus(); } }
    });
  }

  function host(element) { return element.closest("dialog.cd-dialog-host"); }
  function front() { return [...document.querySelectorAll("dialog.cd-dialog-host[open]")].pop(); }

  /* Whether a late answer is for a dialog that was left, and another one stands in its place. */
  function isTaken({ target, requestConfig }) { return target.open && window.cadran.answers.hasLeft(requestConfig.elt); }

  /* An opener inside a form inherits the form's hx-swap; a dialog is always filled, but not by the late answer to one that
     was left: what is typed in its place stays. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (!target.matches || !target.matches("dialog.cd-dialog-host")) { return; }
    const isLate = isTaken(event.detail);
    event.detail.swapOverride = isLate ? "none" : "innerHTML";
    if (isLate && event.detail.shouldSwap && xhr.status >= 400) { window.cadran.toast(document.getElementById("toasts").dataset.refused, "error"); }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const dialog = event.detail.target && event.detail.target.closest && event.detail.target.closest("dialog.cd-dialog-host");
    if (dialog && dialog.querySelector(".cd-dialog") && !isTaken(event.detail)) { open(dialog); }
  });
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-dialog-close]");
    if (close && host(close)) { event.preventDefault(); askToClose(host(close)); return; }
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) { open(document.getElementById(opener.dataset.dialogOpen)); }
  });
  document.addEventListener("cancel", (event) => {
    if (event.target.matches && event.target.matches("dialog.cd-dialog-host")) {
      event.preventDefault();
      askToClose(event.target);
    }
  }, true);
  /* Chromium closes at a second Escape without asking; the key is taken before it can. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) { return; }
    const dialog = front();
    if (!dialog || event.target.closest(".ts-wrapper.dropdown-active")) { return; }
    event.preventDefault();
    askToClose(dialog);
  });
  document.addEventListener("close", (event) => {
    const dialog = event.target;
    if (!dialog.matches || !dialog.matches("dialog.cd-dialog-host")) { return; }
    const opener = openers.get(dialog);
    if (opener && opener.isConnected) { opener.focus(); }
    if (dialog.id !== "keys") { dialog.replaceChildren(); }
  }, true);
  document.addEventListener("dialog-close", (event) => {
    if (window.cadran.answers.hasLeft(event.target)) { return; }
    const asked = event.target.closest && host(event.target);
    if (asked || front()) { shut(asked || front()); }
  });
  /* One dialog leads to the next; the first must be gone. */
  document.addEventListener("open-dialog", (event) => {
    if (window.cadran.answers.hasLeft(event.target) && front()) { return; }
    setTimeout(() => window.htmx.ajax("GET", event.detail.url, { target: "#dialog", swap: "innerHTML" }), 60);
  });

  window.cadran = window.cadran || {};
  window.cadran.dialog = { open, shut };
})();
