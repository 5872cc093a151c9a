/* Pickers: a select with data-picker="url" becomes a type-ahead that asks the server. The answer:
   {"results": [{"value": "12", "text": "Claire Fontaine", "hint": "Transports Delaunay"}], "more": false, "note": "", "hidden": ""};
   "hidden" is the last line, which brings what matches and does not fit. */
(function () {
  "use strict";
  /* The line that brings what does not fit: no row has such a value. */
  const HIDDEN = "+";

  function query(select, words, all) {
    const url = new URL(select.dataset.picker, location.href);
    url.searchParams.set("q", words);
    if (all) { url.searchParams.set("all", "1"); }
    (select.dataset.pickerWith || "").split(" ").filter(Boolean).forEach((name) => {
      const field = select.form && select.form.elements[name];
      if (!field) { return; }
      const several = field.multiple || field instanceof RadioNodeList;
      const values = several ? new FormData(select.form).getAll(name) : [field.value];
      values.filter(Boolean).forEach((value) => url.searchParams.append(name, value));
    });
    return url;
  }

  function clearButton(select) {
    return document.querySelector("[data-picker-clear='" + CSS.escape(select.id) + "']");
  }

  function newButton(select) {
    return document.querySelector("[data-picker-new='" + CSS.escape(select.id) + "']");
  }

  function line(item, escape) {
    if (item.value === HIDDEN) { return "<div class=\"cd-pick-hidden\">" + escape(item.text) + "</div>"; }
    const hint = item.hint ? "<small>" + escape(item.hint) + "</small>" : "";
    return "<div>" + escape(item.text) + hint + "</div>";
  }

  /* No words were too many where none were typed; and who has just chosen one of several asks for nothing yet. */
  function nothing(select, words, note) {
    if (!words && !note && select.multiple) { return null; }
    const none = document.createElement("div");
    none.className = "no-results";
    none.textContent = note || (words ? select.dataset.none : select.dataset.empty) || "";
    return none;
  }

  /* In a dialog, which scrolls and ends soon, the list is placed on the screen: below the field, or above it where little room
     is left below. */
  const GAP = 4;
  const TALLEST = 280;

  function place(picker) {
    if (!picker.wrapper.closest("dialog")) { return; }
    const field = picker.control.getBoundingClientRect();
    const below = window.innerHeight - field.bottom - 2 * GAP;
    const above = field.top - 2 * GAP;
    const isAbove = below < TALLEST && above > below;
    Object.assign(picker.dropdown.style, {
      left: field.left + "px",
      width: field.width + "px",
      top: isAbove ? "auto" : field.bottom + GAP + "px",
      bottom: isAbove ? window.innerHeight - field.top + GAP + "px" : "auto",
    });
    picker.dropdown.style.setProperty("--cd-room", (isAbove ? above : below) + "px");
  }

  /* What scrolls or turns takes its open list along. */
  function placeAgain(event) {
    const open = document.querySelector("dialog .ts-wrapper.dropdown-active");
    const select = open && open.parentElement.querySelector("select.tomselected");
    if (select && !open.contains(event.target)) { place(select.tomselect); }
  }

  /* Letters that wait for the next one are asked for now: the field is empty once the cursor leaves it. */
  function askAtOnce(picker, words) {
    if (!picker.refreshTimeout) { return; }
    clearTimeout(picker.refreshTimeout);
    picker.refreshTimeout = null;
    picker.load(words);
    picker.refreshOptions();
    picker.trigger("type", words);
  }

  function grow(select) {
    if (select.tomselect || !window.TomSelect) { return; }
    const hasCursor = document.activeElement === select;
    let asked = 0;
    let answered = null;
    let foundNone = false;
    let context = "";
    let all = false;
    let note = "";
    /* What was typed when Enter came before its answer, and whether an arrow has chosen a line since the last letter. */
    let wanted = null;
    let isChosen = false;
    const tag = document.querySelector("label[for='" + CSS.escape(select.id) + "']");
    const label = tag ? tag.firstChild.textContent.trim() : "";
    const take = window.TomSelect.prototype.onOptionSelect;
    const picker = new window.TomSelect(select, {
      valueField: "value",
      labelField: "text",
      searchField: [],
      score: () => () => 1,
      create: false,
      maxOptions: 50,
      allowEmptyOption: false,
      openOnFocus: false,
      preload: false,
      loadThrottle: 150,
      shouldLoad: () => true,
      placeholder: select.getAttribute("placeholder") || "",
      load(words, answer) {
        const mine = ++asked;
        /* What was found once may be otherwise now: nothing is remembered. */
        this.loadedSearches = {};
        const every = all;
        all = false;
        fetch(query(select, words, every), { headers: { Accept: "application/json" }, credentials: "same-origin" })
          .then((response) => { if (!response.ok) { throw new Error(String(response.status)); } return response.json(); })
          .then((data) => {
            if (mine !== asked) { answer(); return; }
            this.clearOptions((option) => this.items.includes(String(option.value)));
            note = data.note || "";
            answer(data.hidden ? [...data.results, { value: HIDDEN, text: data.hidden }] : data.results);
            answered = words;
            foundNone = !data.results.length && !data.hidden && !note;
            isChosen = false;
            /* An answer to other letters takes nothing: the one to all that was typed is still to come. Who has gone on with
               Tab meanwhile gets it all the same. */
            if (words !== wanted) { return; }
            wanted = null;
            const create = newButton(select);
            if (data.results.length) {
              this.addItem(String(data.results[0].value));
            } else if (foundNone && create && document.activeElement === this.control_input) {
              create.click();
            }
          })
          .catch(() => { answer(); if (mine === asked) { wanted = null; } if (window.cadran.toast) { window.cadran.toast(select.dataset.failed, "error"); } });
      },
      render: {
        option: line,
        item: (item, escape) => {
          if (!select.multiple) { return "<div>" + escape(item.text) + "</div>"; }
          const remove = escape(select.dataset.remove || "") + " " + escape(item.text);
          return "<div>" + escape(item.text) + "<button type=\"button\" tabindex=\"-1\" class=\"cd-item-out\" data-item-out aria-label=\"" + remove + "\">×</button></div>";
        },
        no_results: ({ input }) => nothing(select, input, note),
        loading: () => "<div class=\"p-2\"><span class=\"cd-bone cd-bone-70\"></span></div>",
      },
      /* The letters go when the cursor leaves; whoever makes a new row doesn't type them twice. */
      onType(words) {
        select.dataset.typed = words;
        if (words && words !== wanted) { wanted = null; }
      },
      onChange() {
        delete select.dataset.typed;
        const button = clearButton(select);
        if (button) { button.hidden = !this.getValue() || select.disabled; }
        select.dispatchEvent(new CustomEvent("picker-changed", { bubbles: true }));
      },
      onDropdownOpen() {
        if (this.loading) { return; }
        /* What fitted other choices of the form is not shown while the answer is under way. */
        const asks = String(query(select, ""));
        if (asks !== context) { this.clearOptions((option) => this.items.includes(String(option.value))); }
        context = asks;
        this.loadedSearches = {};
        this.load(this.inputValue());
      },
      /* The cursor stays: Tab goes on from here, Ctrl+Enter sends, and of several the next one is typed. What the words before
         found is no choice any more. */
      onItemAdd() { this.setTextboxValue(""); this.close(); },
    });
    picker.hook("instead", "positionDropdown", () => place(picker));
    picker.hook("instead", "onOptionSelect", function (event, option) {
      wanted = null;
      if (!option || option.dataset.value !== HIDDEN) { return take.call(this, event, option); }
      all = true;
      this.load(this.inputValue());
      return undefined;
    });
    /* Enter before the answer takes the first match once it comes, makes a new row where nothing was found, and never sends
       the form; F4 opens the list, F2 the form of a new row. */
    picker.control_input.addEventListener("keydown", (event) => {
      if (event.key === "F4") {
        event.preventDefault();
        const buttons = picker.wrapper.parentElement.querySelectorAll("[hx-get], [data-picker-open]");
        if (buttons.length) { buttons[buttons.length - 1].click(); }
      }
      /* With nothing found so far there is no list that an arrow could open by itself. */
      if (event.key === "ArrowDown" && !picker.isOpen && !picker.hasOptions) { event.preventDefault(); picker.open(); }
      const create = newButton(select);
      if (event.key === "F2" && create) { event.preventDefault(); create.click(); }
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey) {
        if (!["Tab", "Shift"].includes(event.key)) { wanted = null; }
        isChosen = ["ArrowDown", "ArrowUp"].includes(event.key) && picker.isOpen && picker.hasOptions;
        return;
      }
      event.preventDefault();
      const words = picker.inputValue();
      if (words && answered !== words && !(isChosen && picker.activeOption)) {
        wanted = words;
        askAtOnce(picker, words);
        event.stopImmediatePropagation();
      } else if (words && foundNone && create) { create.click(); }
    }, true);
    /* A click opens the list; the focus alone, which may have come by itself, doesn't, nor one of several chosen. */
    picker.control.addEventListener("click", (event) => setTimeout(() => {
      const isOnChosen = select.multiple && event.target.closest("[data-ts-item]");
      if (picker.isFocused && !picker.isOpen && !picker.isDisabled && !isOnChosen) { picker.open(); }
    }));
    if (label) {
      picker.control_input.setAttribute("aria-label", label);
      select.setAttribute("aria-label", label);
    }
    ["aria-describedby", "aria-invalid"].forEach((name) => {
      if (select.hasAttribute(name)) { picker.control_input.setAttribute(name, select.getAttribute(name)); }
    });
    if (hasCursor) { picker.control_input.focus(); }
  }

  function growAll(root) {
    const found = [...root.querySelectorAll("select[data-picker]")];
    if (root.matches && root.matches("select[data-picker]")) { found.push(root); }
    found.forEach(grow);
  }

  function put(id, value, text) {
    const select = document.getElementById(id);
    if (!select || !select.tomselect) { return; }
    select.tomselect.addOption({ value: String(value), text });
    select.tomselect.setValue(String(value));
    select.tomselect.control_input.focus();
    select.tomselect.close();
  }

  document.addEventListener("click", (event) => {
    const clear = event.target.closest("[data-picker-clear]");
    if (clear) {
      const picker = document.getElementById(clear.dataset.pickerClear).tomselect;
      picker.clear();
      picker.focus();
      picker.close();
    }
    const open = event.target.closest("[data-picker-open]");
    if (open) {
      const picker = document.getElementById(open.dataset.pickerOpen).tomselect;
      picker.focus();
      picker.open();
    }
    const out = event.target.closest("[data-item-out]");
    if (out) {
      const several = out.closest(".ts-wrapper").parentElement.querySelector("select.tomselected");
      several.tomselect.removeItem(out.closest(".item").dataset.value);
    }
    const pick = event.target.closest("[data-pick-value]");
    if (pick) {
      const dialog = pick.closest("dialog");
      if (dialog) { window.cadran.dialog.shut(dialog); }
      put(pick.dataset.pickFor, pick.dataset.pickValue, pick.dataset.pickText || pick.textContent.trim());
    }
  });
  /* In the list dialog the arrows go from the search box through the rows; Enter there takes the first one. */
  document.addEventListener("keydown", (event) => {
    const dialog = event.target.closest && event.target.closest("dialog");
    const words = dialog && dialog.querySelector("#pick-words");
    if (!words || (event.target !== words && !event.target.matches("[data-pick-value], [data-pick-hidden]"))) { return; }
    const rows = [...dialog.querySelectorAll("[data-pick-value], [data-pick-hidden]")];
    const at = rows.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      (rows[Math.min(at + step, rows.length - 1)] || words).focus();
    } else if (event.key === "Enter" && event.target === words && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      /* While an answer is under way the rows are still those of the words before. */
      if (rows.length && !words.form.classList.contains("htmx-request")) { rows[0].click(); }
    }
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const create = event.target.closest("[data-picker-new]");
    const words = create && document.getElementById(create.dataset.pickerNew).dataset.typed;
    if (words) { event.detail.parameters.words = words; }
  });
  document.addEventListener("scroll", placeAgain, true);
  window.addEventListener("resize", placeAgain);
  document.addEventListener("picked", (event) => put(event.detail.for, event.detail.value, event.detail.text));
  /* A part that leaves takes its pickers along; without this their listeners would stay. */
  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    const element = event.detail.elt;
    if (element && element.tomselect) { element.tomselect.destroy(); }
  });
  document.addEventListener("DOMContentLoaded", () => growAll(document));
  document.addEventListener("htmx:afterSettle", (event) => growAll(event.target));
})();
