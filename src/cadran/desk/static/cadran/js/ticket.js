/* The ticket's page: files dropped or chosen are sent at once, a dialog may be followed by another one, and the focus
   comes back to the page's main button when what opened a dialog has been drawn anew. */
(function () {
  "use strict";

  function send(form, files) {
    const input = form.querySelector("input[type=file]");
    if (files) { input.files = window.cadran.files.fitting(files); }
    if (input.files.length) { form.requestSubmit(); }
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-sends]")) { send(event.target.form, null); }
  });

  /* Files may be dropped anywhere on the page but into a text, which takes images itself. */
  function dropForm(event) {
    const carries = event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    return carries && !event.target.closest(".cd-rich, dialog") ? document.querySelector("form[data-drop]") : null;
  }
  document.addEventListener("dragover", (event) => {
    const form = dropForm(event);
    if (form) { event.preventDefault(); form.classList.add("is-over"); }
  });
  ["dragleave", "drop"].forEach((name) => document.addEventListener(name, () => {
    document.querySelectorAll("form[data-drop].is-over").forEach((form) => form.classList.remove("is-over"));
  }));
  document.addEventListener("drop", (event) => {
    const form = dropForm(event);
    if (form) { event.preventDefault(); send(form, event.dataTransfer.files); }
  });

  document.addEventListener("close", (event) => {
    if (event.target.id !== "dialog") { return; }
    setTimeout(() => {
      const lost = !document.activeElement || document.activeElement === document.body;
      const main = document.querySelector("#t-head .btn-primary");
      if (lost && main && !document.querySelector("dialog[open]")) { main.focus({ preventScroll: true }); }
    }, 80);
  }, true);
})();
