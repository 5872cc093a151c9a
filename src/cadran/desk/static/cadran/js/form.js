/* Forms: unsaved changes are guarded (data-guard), sending twice is harmless, errors take the focus, Ctrl-Enter sends,
   a draft is kept (data-draft-url) a moment after the last key. */
(function () {
  "use strict";
  const DRAFT_DELAY = 1500;
  /* The longest that a form waits for a draft under way, in milliseconds: a dead line must not hold it for ever. */
  const DRAFT_PATIENCE = 3000;
  const first = new WeakMap();
  /* Forms whose last letters are not kept yet, and what will keep them. */
  const waiting = new Map();
  /* Drafts that are on their way, and the forms that are sent once those have arrived. */
  const underWay = new Set();
  const held = new WeakSet();

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
    return form.isConnected && !form.closest("[data-gone]") && first.has(form) && first.get(form) !== values(form);
  }

  function busy(form, on) {
    form.dataset.sending = on ? "yes" : "";
    form.querySelectorAll("button[type=submit]").forEach((button) => {
      if (on) { button.setAttribute("aria-busy", "true"); } else { button.removeAttribute("aria-busy"); }
    });
  }

  /* A draft that came in behind what ends it would stand there again. */
  function sendLater(event) {
    const form = event.target;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (held.has(form)) { return; }
    held.add(form);
    if (event.submitter) { event.submitter.setAttribute("aria-busy", "true"); }
    const patience = new Promise((go) => setTimeout(go, DRAFT_PATIENCE));
    Promise.race([Promise.all(underWay), patience]).then(() => {
      held.delete(form);
      underWay.clear();
      form.requestSubmit(event.submitter);
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sending === "yes") { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if ("dropsDraft" in form.dataset) {
      /* Who throws the draft away isn't asked whether to leave it, and its last letters aren't kept. */
      waiting.forEach((timer) => clearTimeout(timer));
      waiting.clear();
      document.querySelectorAll("form[data-draft-url]").forEach((kept) => first.delete(kept));
    }
    if (underWay.size && ("draftUrl" in form.dataset || "dropsDraft" in form.dataset)) { sendLater(event); return; }
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

  /* Files are kept by themselves; and what leaves with the page must be small. */
  function withoutFiles(form) {
    const sent = new FormData(form);
    [...sent].filter(([, value]) => value instanceof File).forEach(([name]) => sent.delete(name));
    return sent;
  }

  async function keepDraft(form, options) {
    const kept = values(form);
    const note = form.querySelector("[data-draft-note]") || document.querySelector("[data-draft-note]");
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: "POST", body: withoutFiles(form), credentials: "same-origin", ...options });
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

  function keepNow(form, options) {
    clearTimeout(waiting.get(form));
    waiting.delete(form);
    if (!form.isConnected || form.dataset.sending === "yes" || held.has(form)) { return; }
    const kept = keepDraft(form, options).then(() => underWay.delete(kept));
    underWay.add(kept);
  }

  /* Who leaves the page at once leaves nothing behind. */
  window.addEventListener("pagehide", () => [...waiting.keys()].forEach((form) => keepNow(form, { keepalive: true })));

  /* A field's error has had its say once the field is changed; sending checks anew. */
  function forget(field) {
    const group = field.closest("fieldset[id]");
    [field, group].filter((one) => one && one.id).forEach((one) => {
      const error = document.getElementById(one.id + "_error");
      /* A form that is being replaced still tells its last change while the new one stands already. */
      if (error && error.closest("form") === field.form) { error.remove(); }
      if (field.form) { strike(field.form, one.id); }
      const parts = [one, one.closest(".cd-rich"), one.tomselect && one.tomselect.control_input, one.tomselect && one.tomselect.wrapper];
      parts.filter(Boolean).forEach((part) => { part.classList.remove("is-invalid"); part.removeAttribute("aria-invalid"); });
    });
  }

  /* The summary counts what is left of it, and goes with its last line. */
  function strike(form, id) {
    const link = form.querySelector("[data-errors] a[href='#" + CSS.escape(id) + "']");
    if (!link) { return; }
    const summary = link.closest("[data-errors]");
    const head = summary.querySelector("b");
    link.closest("li").remove();
    const left = summary.querySelectorAll("li").length;
    if (!left) { summary.remove(); } else if (head.dataset.one) { head.textContent = left === 1 ? head.dataset.one : head.textContent.replace(/\d+/, left); }
  }
  /* Who goes on typing in a field that somebody else changed too has chosen their own; rows of several fields count as one. */
  function choose(field) {
    const part = field.name && field.name.replace(/-\d+-.*$/, "");
    const mine = field.form && part && field.form.querySelector("[name='keep_" + CSS.escape(part) + "'][value=mine]");
    if (mine) { mine.checked = true; }
  }

  ["input", "change"].forEach((kind) => document.addEventListener(kind, (event) => {
    forget(event.target);
    choose(event.target);
  }));

  document.addEventListener("input", (event) => {
    const form = event.target.closest && event.target.closest("form[data-draft-url]");
    /* Letters looked up in a picker are not part of the form until something is chosen. */
    if (!form || event.target.closest(".ts-wrapper")) { return; }
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => keepNow(form), DRAFT_DELAY));
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
    const open = target.querySelector("input:required:not(:checked)") || target.querySelector("input");
    (target.matches("fieldset") ? open : target).focus();
    return true;
  }

  /** Into the first bad field: the summary, an alert, is read out all the same; it takes the focus when it is about none. */
  function goToError(errors) {
    errors.focus();
    errors.scrollIntoView({ block: "nearest" });
    const link = errors.querySelector("a[href^='#']");
    if (link) { goTo(link); }
  }

  /** What Ctrl+Enter sends from an element, and by which button: its own form, the one its dialog belongs to, or the page's. */
  function sent(element) {
    const main = ".btn-primary[type=submit]";
    const form = element.closest("form");
    if (form) { return [form, form.querySelector(main)]; }
    const dialog = element.closest("dialog[open]");
    const button = dialog && dialog.querySelector(main);
    if (button) { return [button.form, button]; }
    /* From a place of its own the cursor sends nothing; lost, it sends the only form that the page is there for. */
    const forms = element === document.body && !dialog ? document.querySelectorAll("main form[data-guard]") : [];
    return forms.length === 1 ? [forms[0], forms[0].querySelector(main)] : [element.form, null];
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest) {
      const [form, button] = sent(event.target);
      if (form) { event.preventDefault(); form.requestSubmit(button || undefined); }
    }
  });

  /** A page that is one form begins in its first field; a telephone would open its keyboard over it. */
  function goToFirst() {
    const field = document.querySelector("form.cd-rec-form .cd-form-main :is(input:not([type=hidden]), select, textarea)");
    if (!field || document.activeElement !== document.body || window.matchMedia("(pointer: coarse)").matches) { return; }
    const target = field.tomselect ? field.tomselect.control_input : field;
    target.focus({ preventScroll: true });
  }

  function begin() {
    remember(document);
    const errors = document.querySelector("main [data-errors]");
    if (errors) { goToError(errors); } else { goToFirst(); }
  }

  window.cadran = window.cadran || {};
  window.cadran.forms = { isDirty, remember, goToError, forget };
  // Pickers and editors fill their fields first.
  document.addEventListener("DOMContentLoaded", () => setTimeout(begin));
  document.addEventListener("htmx:afterSettle", (event) => setTimeout(() => remember(event.target)));
})();
