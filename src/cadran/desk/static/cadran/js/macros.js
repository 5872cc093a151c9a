/* Texts of macros for what one writes: a button ([data-macro-open], in the bar or naming its text area) opens a list
   to search by name; the choice goes in at the cursor. The text area's data-macros is the address of the texts. */
(function () {
  "use strict";
  let shown = null;

  function fold(text) { return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase(); }

  function boxOf(button) {
    const textarea = button.dataset.macroOpen ? document.getElementById(button.dataset.macroOpen) : null;
    return (textarea || button).closest(".cd-rich");
  }

  function shut(back) {
    if (!shown) { return; }
    const { panel, box, button } = shown;
    shown = null;
    panel.remove();
    button.setAttribute("aria-expanded", "false");
    if (back) { box.editor.commands.focus(); }
  }

  function place(panel, button) {
    const at = button.getBoundingClientRect();
    const size = panel.getBoundingClientRect();
    const above = at.bottom + size.height + 8 > window.innerHeight && at.top > size.height + 8;
    panel.style.setProperty("left", Math.max(8, Math.min(at.left, window.innerWidth - size.width - 8)) + "px");
    panel.style.setProperty("top", (above ? at.top - size.height - 4 : at.bottom + 4) + "px");
  }

  function open(button, box, texts, none) {
    const panel = document.createElement("div");
    const field = document.createElement("input");
    const nothing = document.createElement("p");
    panel.className = "cd-macro-texts";
    field.type = "search";
    field.className = "form-control";
    field.placeholder = button.dataset.search;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-label", button.dataset.search);
    field.setAttribute("aria-autocomplete", "list");
    nothing.className = "cd-ink-3 m-0 p-2";
    nothing.textContent = none;
    panel.append(field);
    (button.closest("dialog") || document.body).append(panel);
    shown = { panel, box, button };
    button.setAttribute("aria-expanded", "true");
    const list = new window.cadran.Suggestions(field, button.dataset.label, (item) => {
      shut(false);
      box.editor.chain().focus().insertContent(item.html).run();
    });
    const offer = () => {
      const words = fold(field.value).split(/\s+/).filter(Boolean);
      const found = texts.filter((one) => words.every((word) => fold(one.text).includes(word)));
      nothing.remove();
      list.show(found, null, panel);
      if (!found.length) { panel.append(nothing); }
      place(panel, button);
    };
    field.addEventListener("input", (event) => { event.stopPropagation(); offer(); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); shut(true); return; }
      if (event.key === "Enter") { event.stopPropagation(); event.preventDefault(); }
      if (list.key(event)) { event.preventDefault(); }
    });
    field.addEventListener("blur", () => setTimeout(() => { if (shown && shown.panel === panel && !panel.contains(document.activeElement)) { shut(false); } }));
    offer();
    field.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-macro-open]");
    if (!button) { return; }
    if (shown) { const same = shown.button === button; shut(true); if (same) { return; } }
    const box = boxOf(button);
    if (!box || !box.editor) { return; }
    fetch(box.querySelector("textarea").dataset.macros, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then((answer) => { if (!answer.ok) { throw new Error(String(answer.status)); } return answer.json(); })
      .then((data) => open(button, box, data.results, data.note))
      .catch(() => window.cadran.toast(document.getElementById("toasts").dataset.failed, "error"));
  });

  window.cadran.rich.parts.push({
    ready: (box, _editor, textarea) => {
      const button = box.querySelector("[data-macro-open]");
      if (button && textarea.dataset.macros) { button.hidden = false; button.setAttribute("aria-expanded", "false"); }
    },
  });
})();
