/* The new-ticket form: asks what can be deduced when a field changed, puts the answers into the fields with their reason,
   keeps what the agent made of the two boxes, and leads the keyboard from one pick to the next field. */
(function () {
  "use strict";
  const DELAY = 250;
  const QUIET = ["external_description", "internal_description", "external_report", "internal_report", "customer_reference",
    "file", "files_seen", "is_shared", "environment", "title", "pilot", "channel", "priority", "desired_on", "team", "template", "links"];
  let timer = null;
  let byKeyboard = false;
  let reasons = [];
  /* What several values are possible for and none is chosen, as the server told last; and whether the cursor was led
     past it before that was known, with no key pressed since. */
  let asked = "";
  let hasGoneOn = false;
  /* What was chosen since the last answer, in this order: all of it has its consequences, however fast one chooses. */
  const changed = new Set();

  function form() { return document.getElementById("new-ticket"); }

  function deduce(name) {
    const main = form();
    changed.delete(name);
    if (name) { changed.add(name); }
    main.elements.changed.value = [...changed].join(" ");
    clearTimeout(timer);
    /* An answer to the choices before would take this one back. */
    window.htmx.trigger("#deduced", "htmx:abort");
    timer = setTimeout(() => window.htmx.trigger("#deduced", "deduce"), DELAY);
  }

  function cell(field) { return field.closest("[class*='cd-f-']"); }

  function explain(field, reason) {
    const place = cell(field);
    if (!place) { return; }
    const old = place.querySelector(":scope > .cd-deduced");
    if (old) { old.remove(); }
    if (!reason) { return; }
    const note = document.getElementById("deduced-note").content.firstElementChild.cloneNode(true);
    note.lastElementChild.textContent = reason;
    place.append(note);
  }

  /* A form that comes back with errors still says what was deduced. */
  function keepReasons() {
    reasons = [...form().querySelectorAll(".cd-deduced")]
      .map((note) => [note.parentElement.querySelector("[name]")?.name, note.textContent.trim()])
      .filter(([name]) => name);
  }

  function put(field, filled) {
    const picker = field.tomselect;
    if (picker) {
      const isOpen = picker.isOpen;
      const letters = picker.inputValue();
      picker.clear(true);
      if (filled.value) {
        picker.addOption({ value: filled.value, text: filled.text });
        picker.setValue(filled.value, true);
      }
      const clear = document.querySelector("[data-picker-clear='" + CSS.escape(field.id) + "']");
      if (clear) { clear.hidden = !filled.value; }
      /* Who types or looks at the list is choosing from it: neither the letters go nor does the list close by itself. */
      if (letters) { picker.setTextboxValue(letters); }
      if (isOpen) { picker.open(); }
    } else {
      field.value = filled.value;
    }
    window.cadran.forms.forget(field);
    explain(field, filled.reason);
  }

  function goOn(field) {
    const ids = (field.dataset.next || "").split(" ").filter(Boolean);
    const next = ids.map((id) => document.getElementById(id === "asked" ? "id_" + asked : id))
      .find((one) => one && (one.matches("button") || !one.value));
    if (next) { (next.tomselect ? next.tomselect.control_input : next).focus(); }
    hasGoneOn = Boolean(next) && next.name === "title" && ids.includes("asked");
  }

  /* What the customer wrote is always shared with them (Spec T6): the box stays ticked, and says why. */
  function isAlwaysShared() { return form().elements.is_shared.dataset.always.split(" ").includes(form().elements.channel.value); }

  function share() {
    const box = form().elements.is_shared;
    box.checked = box.checked || isAlwaysShared();
    box.setAttribute("aria-disabled", String(isAlwaysShared()));
    document.getElementById("shared-always").hidden = !isAlwaysShared();
  }

  /* Keys of their own lead to the fields that a call begins with, wherever the cursor stands. */
  function lead(field) {
    const text = field.closest("[data-rich]");
    if (text && text.editor) { text.editor.commands.focus("end"); } else { (field.tomselect ? field.tomselect.control_input : field).focus(); }
  }

  /* ---- what the agent does ---- */

  document.addEventListener("keydown", (event) => { byKeyboard = event.key === "Enter"; hasGoneOn = false; }, true);
  document.addEventListener("pointerdown", () => { byKeyboard = hasGoneOn = false; }, true);

  document.addEventListener("picker-changed", (event) => {
    const field = event.target;
    if (field.form !== form()) { return; }
    explain(field, "");
    /* A pick by Enter goes on to the next empty field; the picker itself lets go of the focus a moment later. */
    if (field.value && byKeyboard) { setTimeout(() => goOn(field), 20); }
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!field.name || field.form !== form()) { return; }
    if (field.dataset.box) {
      const deduced = field.dataset.deduced === "1";
      document.getElementById(field.dataset.box).value = field.checked === deduced ? "" : (field.checked ? "1" : "0");
    }
    if (!field.tomselect) { explain(field, ""); }
    if (field.name === "channel") { share(); }
    /* What stands beside the form is part of its draft, too. */
    if (field.name === "links") { field.form.dispatchEvent(new Event("input", { bubbles: true })); }
    if (!QUIET.includes(field.name) && !field.name.startsWith("cf.")) { deduce(field.name); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.id === "id_is_shared" && event.target.form === form() && isAlwaysShared()) { event.preventDefault(); }
    const resume = event.target.closest("[data-draft-resume]");
    if (resume) { resume.closest(".cd-notice").remove(); lead(form().elements.title); }
    const leading = event.target.closest("[data-to-field]");
    if (leading) { lead(document.getElementById(leading.dataset.toField)); }
    const remove = event.target.closest("[data-file-remove]");
    if (remove) {
      remove.closest("[data-file]").remove();
      form().dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  /* Added files stand above; the control is free for more. */
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.id !== "new-file") { return; }
    event.detail.elt.value = "";
    form().dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* ---- what the server deduced ---- */

  document.addEventListener("deduced", (event) => {
    const main = form();
    const told = event.detail;
    changed.clear();
    const here = document.activeElement;
    let moveOn = null;
    Object.entries(told.fields).forEach(([name, filled]) => {
      const field = main.elements[name];
      if (!field) { return; }
      const picker = field.tomselect;
      const isHere = picker && picker.control_input === here && !here.value && !picker.isOpen;
      put(field, filled);
      if (filled.value && isHere) { moveOn = field; }
    });
    if (told.fields.nature) { window.htmx.trigger("#custom-fields", "nature-deduced"); }
    Object.entries(told.boxes).forEach(([name, ticked]) => {
      const box = document.getElementById("id_" + name);
      box.dataset.deduced = ticked ? "1" : "0";
      /* What the agent made of it stands until undone. */
      if (!document.getElementById(box.dataset.box).value) { box.checked = ticked; }
    });
    const sum = main.querySelector("[data-deduced-sum]");
    if (sum) { sum.hidden = false; sum.querySelector("span").textContent = told.sum; }
    asked = told.asks;
    if (moveOn) {
      goOn(moveOn);
    } else if (hasGoneOn && asked) {
      lead(document.getElementById("id_" + asked));
    }
    if (Object.keys(told.fields).length) { main.dispatchEvent(new Event("input", { bubbles: true })); }
  });

  /* What a template holds: put like what is deduced; then the rest follows from it. */
  document.addEventListener("fill", (event) => {
    const main = form();
    Object.entries(event.detail).forEach(([name, filled]) => { if (main.elements[name]) { put(main.elements[name], filled); } });
    if (event.detail.nature) { window.htmx.trigger("#custom-fields", "nature-deduced"); }
    deduce("");
  });

  document.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target.id === "new-ticket") { keepReasons(); } });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target && event.detail.target.id === "new-ticket") {
      reasons.forEach(([name, reason]) => explain(form().elements[name], reason));
      const errors = form().querySelector("[data-errors]");
      if (errors) { setTimeout(() => window.cadran.forms.goToError(errors)); }
      share();
      deduce("");
    }
  });

  /* The first answer tells what the boxes say by themselves; the customer is asked for first, but for a draft: whoever
     meant to type of another call would type into that one. */
  document.addEventListener("DOMContentLoaded", () => setTimeout(() => {
    const main = form();
    if (!main) { return; }
    const resume = main.querySelector("[data-draft-resume]");
    if (resume) {
      resume.focus();
    } else if (document.activeElement === document.body) {
      const first = main.querySelector("[data-first]");
      if (first && first.tomselect) { (first.value ? main.elements.title : first.tomselect.control_input).focus(); }
    }
    share();
    deduce("");
  }, 50));
})();
