/* Keys. data-key on a button, link or field: "s", "ctrl+k", "g t" (one after the other); several parted by blanks are all good.
   Ignored while typing and, outside it, while a dialog is open. j, k, x, Enter walk the rows with data-row. ? lists what the page offers. */
(function () {
  "use strict";
  const PATIENCE = 1200;
  let prefix = "";
  let prefixTimer = null;

  function isTyping(target) {
    return target.closest && target.closest("input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true], .ts-wrapper");
  }

  function nameOf(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase();
    return (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.altKey ? "alt+" : "") + key;
  }

  function wordsOf(element) {
    const parts = element.dataset.key.split(" ");
    return parts[0] === "g" && parts.length === 2 ? [element.dataset.key] : parts;
  }

  function scope() {
    const shown = [...document.querySelectorAll("dialog[open]")].pop();
    return shown || document;
  }

  function isShown(element) { return element.getClientRects().length > 0 && !element.disabled; }

  function find(name) {
    return [...scope().querySelectorAll("[data-key]")].find((element) => wordsOf(element).includes(name) && isShown(element));
  }

  function act(element) {
    if (element.matches("input:not([type=checkbox]), textarea, select")) { element.focus(); if (element.select) { element.select(); } }
    else { element.focus({ preventScroll: true }); element.click(); }
  }

  /* ---- rows ---- */

  function rows() { return [...scope().querySelectorAll("[data-row]")].filter(isShown); }

  function here(list) { return list.findIndex((row) => row.classList.contains("is-here")); }

  function go(list, index) {
    list.forEach((row) => row.classList.remove("is-here"));
    const row = list[Math.min(list.length - 1, Math.max(0, index))];
    row.classList.add("is-here");
    row.scrollIntoView({ block: "nearest" });
    const link = row.querySelector("a[href]");
    if (link) { link.focus({ preventScroll: true }); }
  }

  function walk(name) {
    const list = rows();
    if (!list.length) { return false; }
    const now = here(list);
    if (name === "j") { go(list, now + 1); return true; }
    if (name === "k") { go(list, now < 0 ? 0 : now - 1); return true; }
    if (now < 0) { return false; }
    if (name === "x") {
      const box = list[now].querySelector("[data-select]");
      if (box) { box.click(); }
      return Boolean(box);
    }
    if (name === "enter") {
      if (document.activeElement && document.activeElement.closest("a[href], button, summary")) { return false; }
      if (list[now].dataset.href) { location.assign(list[now].dataset.href); return true; }
    }
    return false;
  }

  /* ---- the list of keys ---- */

  const SIGNS = { "ctrl": "Ctrl", "enter": "↵", "escape": "Esc" };

  function caps(name) {
    return name.split(/[+ ]/).filter(Boolean).map((part) => {
      const cap = document.createElement("kbd");
      cap.textContent = SIGNS[part] || part.toUpperCase();
      return cap;
    });
  }

  function labelOf(element) {
    if (element.dataset.keyLabel) { return element.dataset.keyLabel; }
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd, svg, .visually-hidden").forEach((part) => part.remove());
    return copy.textContent.trim() || element.getAttribute("aria-label") || "";
  }

  function addGroup(list, title, lines) {
    if (!lines.length) { return; }
    const head = document.createElement("h3");
    head.textContent = title;
    const table = document.createElement("dl");
    table.className = "cd-keylist";
    list.append(head, table);
    lines.forEach(([name, text]) => {
      const term = document.createElement("dt");
      const told = document.createElement("dd");
      name.forEach((one) => term.append(...caps(one)));
      told.textContent = text;
      table.append(term, told);
    });
  }

  function showKeys() {
    const dialog = document.getElementById("keys");
    if (!dialog || dialog.open) { return; }
    const list = dialog.querySelector("[data-keys-list]");
    const fixed = dialog.querySelector("template").content;
    list.replaceChildren();
    const lines = (selector, attribute) => [...fixed.querySelectorAll(selector)].map((line) => [[line.dataset[attribute]], line.textContent]);
    const shown = [...document.querySelectorAll("[data-key]")].filter(isShown).map((element) => [wordsOf(element), labelOf(element)]);
    const isGo = ([name]) => name[0].startsWith("g ");
    addGroup(list, dialog.dataset.groupPage, [...shown.filter((line) => !isGo(line)), ...lines("[data-key-page]", "keyPage")]);
    if (rows().length) { addGroup(list, dialog.dataset.groupList, lines("[data-key-list]", "keyList")); }
    addGroup(list, dialog.dataset.groupGo, shown.filter(isGo));
    window.cadran.dialog.open(dialog);
  }

  /* ---- listening ---- */

  function forget() { prefix = ""; clearTimeout(prefixTimer); }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || ["Control", "Shift", "Alt", "Meta"].includes(event.key)) { return; }
    const name = nameOf(event);
    const plain = !name.startsWith("ctrl+") && !name.startsWith("alt+");
    if (plain && isTyping(event.target)) { return; }
    if (prefix) {
      const target = find("g " + name);
      forget();
      if (target) { event.preventDefault(); act(target); }
      return;
    }
    if (name === "?") { event.preventDefault(); showKeys(); return; }
    if (name === "g" && document.querySelector("[data-key^='g ']") && scope() === document) {
      prefix = "g";
      prefixTimer = setTimeout(forget, PATIENCE);
      return;
    }
    const target = find(name);
    if (target) { event.preventDefault(); act(target); return; }
    if (plain && walk(name)) { event.preventDefault(); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-show]")) {
      document.querySelectorAll("details[data-menu][open]").forEach((menu) => { menu.open = false; });
      showKeys();
    }
    /* Menus close when one clicks elsewhere or chooses. */
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      const inside = menu.contains(event.target);
      if (!inside || event.target.closest(".cd-menu-item, [data-menu-close]")) { menu.open = false; }
    });
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest && event.target.closest("details[data-menu][open]");
    if (!menu) { return; }
    if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); event.preventDefault(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const items = [...menu.querySelectorAll(".cd-menu-item, .cd-menu button")];
      const next = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      if (items.length) { items[(next + items.length) % items.length].focus(); event.preventDefault(); }
    }
  });
})();
