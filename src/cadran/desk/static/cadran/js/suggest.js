/* A list of suggestions under the cursor or a button: one listbox for mentions and macros. What has the focus keeps
   it and names the chosen line by aria-activedescendant. Items: {"text": …, "hint": …, whatever the caller needs}. */
(function () {
  "use strict";
  let last = 0;

  class Suggestions {
    /** owner: the element that has the focus; label: what the list is called; choose(item) is told the choice. */
    constructor(owner, label, choose) {
      this.owner = owner;
      this.choose = choose;
      this.items = [];
      this.now = 0;
      this.list = document.createElement("div");
      this.list.className = "cd-suggest";
      this.list.id = "suggest-" + (++last);
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", label);
      /* The press must not take the focus away before the click arrives. */
      this.list.addEventListener("mousedown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => {
        const line = event.target.closest("[role=option]");
        if (line) { this.take(Number(line.dataset.index)); }
      });
    }

    get isOpen() { return this.list.isConnected && this.items.length > 0; }

    /** Shows the items at a place of the window ({left, top, bottom}), above it where there is no room below. */
    show(items, place, host) {
      this.items = items;
      this.now = 0;
      if (!items.length) { this.close(); return; }
      this.list.replaceChildren(...items.map((item, index) => this.line(item, index)));
      if (host) { host.append(this.list); } else { (this.owner.closest("dialog") || document.body).append(this.list); }
      if (place) { this.put(place); }
      this.owner.setAttribute("aria-controls", this.list.id);
      this.owner.setAttribute("aria-expanded", "true");
      this.mark();
    }

    put(place) {
      const box = this.list.getBoundingClientRect();
      const above = place.bottom + box.height + 8 > window.innerHeight && place.top > box.height + 8;
      this.list.style.setProperty("left", Math.max(8, Math.min(place.left, window.innerWidth - box.width - 8)) + "px");
      this.list.style.setProperty("top", (above ? place.top - box.height - 4 : place.bottom + 4) + "px");
    }

    line(item, index) {
      const line = document.createElement("div");
      line.id = this.list.id + "-" + index;
      line.dataset.index = String(index);
      line.setAttribute("role", "option");
      line.textContent = item.text;
      if (item.hint) {
        const hint = document.createElement("small");
        hint.textContent = item.hint;
        line.append(hint);
      }
      return line;
    }

    mark() {
      [...this.list.children].forEach((line, index) => line.setAttribute("aria-selected", String(index === this.now)));
      const line = this.list.children[this.now];
      line.scrollIntoView({ block: "nearest" });
      this.owner.setAttribute("aria-activedescendant", line.id);
    }

    take(index) {
      const item = this.items[index];
      this.close();
      if (item) { this.choose(item); }
    }

    close() {
      this.list.remove();
      this.items = [];
      this.owner.setAttribute("aria-expanded", "false");
      this.owner.removeAttribute("aria-activedescendant");
    }

    /** Whether the key was the list's own: arrows, Enter or Tab to choose, Escape to close. */
    key(event) {
      if (!this.isOpen || event.ctrlKey || event.metaKey || event.altKey) { return false; }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const step = event.key === "ArrowDown" ? 1 : -1;
        this.now = (this.now + step + this.items.length) % this.items.length;
        this.mark();
        return true;
      }
      if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) { this.take(this.now); return true; }
      if (event.key === "Escape") { this.close(); return true; }
      return false;
    }
  }

  window.cadran = window.cadran || {};
  window.cadran.Suggestions = Suggestions;
})();
