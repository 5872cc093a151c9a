/* Forms: unsaved changes are guarded (data-guard), sending twice is harmless, errors take the focus, Ctrl-Enter sends,
   a draft is kept (data-draft-url) a moment after the last key. */
(function () {
  "use strict";
  const DRAFT_DELAY = 1500;
  const first = new WeakMap();
  const drafts = new WeakMap();

  function values(form) {
    return [...new FormData(form)]
      .filter(([name]) => name !== "csrfmiddlewaretoken")
      .map(([name, value]) => name + "=" + (value instanceof File ? value.name : value)).join("\n");
  }

  function remember(root) {
    const forms = [...root.querySelectorAll("form[data-guard]")];
    forms.forEach((form) => { if (!first.has(form)) { first.set(form, form.querySelector("[data-errors]") ? "" : values(form)); } });
  }

  function isDirty(form) {
    return form.isConnected && first.has(form) && first.get(form) !== values(form);
  }

  function busy(form, on) {
    form.dataset.sending = on ? "yes" : "";
    form.querySelectorAll("button[type=submit]").forEach((button) => {
      if (on) { button.setAttribute("aria-busy", "true"); } else { button.removeAttribute("aria-busy"); }
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sending === "yes") { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (form.method === "post" && !form.hasAttribute("hx-post")) {
      // After the browser has read the pressed button's value.
      setTimeout(() => { if (!event.defaultPrevented) { busy(form, true); first.delete(form); } });
    }
  }, true);
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (!(form instanceof HTMLFormElement)) { return; }
    if (form.dataset.sending === "yes") { event.preventDefault(); return; }
    busy(form, true);
  });
  /* An accepted form may lead to another page at once: nothing is left to guard by then. */
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const form = event.detail.elt;
    if (form instanceof HTMLFormElement && event.detail.xhr.status < 400) { first.delete(form); }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!(form instanceof HTMLFormElement)) { return; }
    busy(form, false);
    if (event.detail.successful) { first.delete(form); }
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach((form) => busy(form, false)));
  window.addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll("form[data-guard]")].some(isDirty)) { event.preventDefault(); }
  });

  /* ---- drafts ---- */

  async function keepDraft(form) {
    const kept = values(form);
    const note = form.querySelector("[data-draft-note]") || document.querySelector("[data-draft-note]");
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (!answer.ok) { throw new Error(String(answer.status)); }
      /* What is kept may be left without a warning. */
      if (first.has(form)) { first.set(form, kept); }
      if (note) {
        const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
        const told = answer.headers.get("X-Draft-Kept-At");
        note.textContent = (note.dataset.kept || "{}").replace("{}", told || time.format(new Date()));
      }
    } catch (failed) {
      if (note) { note.textContent = note.dataset.failed || ""; }
    }
  }

  /* A field's error has had its say once the field is changed; sending checks anew. */
  function forget(event) {
    const field = event.target;
    const id = field.id || "";
    const error = id && document.getElementById(id + "_error");
    /* A form that is being replaced still tells its last change while the new one stands already. */
    if (!error || error.closest("form") !== field.form) { return; }
    error.remove();
    const parts = [field, field.closest(".cd-rich"), field.tomselect && field.tomselect.control_input, field.tomselect && field.tomselect.wrapper];
    parts.filter(Boolean).forEach((part) => { part.classList.remove("is-invalid"); part.removeAttribute("aria-invalid"); });
  }
  document.addEventListener("input", forget);
  document.addEventListener("change", forget);

  document.addEventListener("input", (event) => {
    const form = event.target.closest && event.target.closest("form[data-draft-url]");
    if (!form) { return; }
    clearTimeout(drafts.get(form));
    drafts.set(form, setTimeout(() => { if (form.isConnected && form.dataset.sending !== "yes") { keepDraft(form); } }, DRAFT_DELAY));
  });

  /* ---- small helps ---- */

  document.addEventListener("click", (event) => {
    const fill = event.target.closest("[data-fill]");
    if (fill) {
      const field = document.getElementById(fill.dataset.fill);
      field.value = fill.dataset.fillValue;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const link = event.target.closest("[data-errors] a[href^='#']");
    if (link && goTo(link)) { event.preventDefault(); }
  });

  /** Puts the cursor into the field that a line of the summary is about; false when there is none. */
  function goTo(link) {
    const field = document.getElementById(link.getAttribute("href").slice(1));
    if (!field) { return false; }
    const target = (field.tomselect && field.tomselect.control_input) || (field.closest(".cd-rich") || field).querySelector(".ProseMirror") || field;
    (target.matches("fieldset") ? target.querySelector("input") : target).focus();
    return true;
  }

  /** Into the first bad field: the summary, an alert, is read out all the same; it takes the focus when it is about none. */
  function goToError(errors) {
    errors.focus();
    errors.scrollIntoView({ block: "nearest" });
    const link = errors.querySelector("a[href^='#']");
    if (link) { goTo(link); }
  }

  /** What Ctrl+Enter sends from an element, and by which button: its own form, or the one its dialog belongs to. */
  function sent(element) {
    const main = ".btn-primary[type=submit]";
    const form = element.closest("form");
    if (form) { return [form, form.querySelector(main)]; }
    const dialog = element.closest("dialog[open]");
    const button = dialog && dialog.querySelector(main);
    return button ? [button.form, button] : [element.form, null];
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest) {
      const [form, button] = sent(event.target);
      if (form) { event.preventDefault(); form.requestSubmit(button || undefined); }
    }
  });

  function begin() {
    remember(document);
    const errors = document.querySelector("main [data-errors]");
    if (errors) { goToError(errors); }
  }

  window.cadran = window.cadran || {};
  window.cadran.forms = { isDirty, remember, goToError };
  // Pickers and editors fill their fields first.
  document.addEventListener("DOMContentLoaded", () => setTimeout(begin));
  document.addEventListener("htmx:afterSettle", (event) => setTimeout(() => remember(event.target)));
})();
