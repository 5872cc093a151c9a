/* Lists: selection (shift takes a range, one box takes all), the bulk bar, row height, a click on a row opens it, and how many
   tags of a row found no room in their line. Among tabs, the open one is brought into sight. */
(function () {
  "use strict";
  let last = null;

  function boxes(list) { return [...list.querySelectorAll("[data-select]")]; }

  function refresh(list) {
    const all = boxes(list);
    const chosen = all.filter((box) => box.checked);
    all.forEach((box) => {
      const row = box.closest("[data-row]");
      if (row && row.matches("tr")) { row.setAttribute("aria-selected", String(box.checked)); }
    });
    const every = list.querySelector("[data-select-all]");
    if (every) {
      every.checked = all.length > 0 && chosen.length === all.length;
      every.indeterminate = chosen.length > 0 && chosen.length < all.length;
    }
    const bar = document.querySelector("[data-bulk]");
    if (bar) {
      bar.hidden = chosen.length === 0;
      const count = bar.querySelector("[data-bulk-count]");
      if (count) { count.textContent = String(chosen.length); }
    }
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-select]");
    if (box) {
      const list = box.closest("table, [data-list]");
      const all = boxes(list);
      if (event.shiftKey && last && all.includes(last)) {
        const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
        all.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
      }
      last = box;
      refresh(list);
      return;
    }
    const every = event.target.closest("[data-select-all]");
    if (every) {
      const list = every.closest("table, [data-list]");
      boxes(list).forEach((one) => { one.checked = every.checked; });
      refresh(list);
      return;
    }
    if (event.target.closest("[data-select-none]")) {
      document.querySelectorAll("[data-select]").forEach((one) => { one.checked = false; });
      document.querySelectorAll(".cd-list, [data-list]").forEach(refresh);
      return;
    }
    const density = event.target.closest("[data-density-set]");
    if (density) {
      const wanted = density.dataset.densitySet;
      document.querySelectorAll(".cd-list[data-density]").forEach((list) => { list.dataset.density = wanted; });
      document.querySelectorAll("[data-density-set]").forEach((one) => one.setAttribute("aria-pressed", String(one === density)));
      const url = document.body.dataset.choicesUrl;
      const token = document.querySelector("input[name=csrfmiddlewaretoken]");
      if (url && token) {
        const body = new URLSearchParams({ density: wanted, csrfmiddlewaretoken: token.value });
        fetch(url, { method: "POST", body, credentials: "same-origin", keepalive: true }).catch(() => {});
      }
      return;
    }
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a, button, input, label, summary, select") && !String(getSelection())) {
      if (event.ctrlKey || event.metaKey) { window.open(row.dataset.href); } else { location.assign(row.dataset.href); }
    }
  });
  document.addEventListener("htmx:afterSettle", () => document.querySelectorAll(".cd-list, [data-list]").forEach((list) => {
    if (list.querySelector("[data-select]")) { refresh(list); }
  }));

  /* ---- tags in one line ---- */

  /* Those without room stand in a second line, which is cut off: nobody sees them, but they are read out as the others are. */
  function cutOff(tags) {
    const [first, ...others] = tags.querySelector(".cd-tags-line").children;
    return others.filter((tag) => tag.offsetTop > first.offsetTop);
  }

  function count(tags, cut) {
    const more = tags.querySelector("[data-tags-more]");
    more.hidden = cut.length === 0;
    more.textContent = "+" + cut.length;
    more.title = cut.map((tag) => tag.textContent).join(", ");
  }

  /* All lines are measured before one is written. The figure takes room itself, so they are measured again with it. */
  function fit() {
    const all = [...document.querySelectorAll("[data-tags-fit]")];
    all.forEach((tags) => count(tags, []));
    for (let turn = 0; turn < 2; turn += 1) {
      all.map((tags) => [tags, cutOff(tags)]).forEach(([tags, cut]) => { if (cut.length) { count(tags, cut); } });
    }
  }

  /* Of tabs that are wider than a telephone, the one that is open is in sight. */
  function showTab() {
    document.querySelectorAll(".cd-tab[aria-current]").forEach((tab) => {
      const bar = tab.parentElement;
      bar.scrollLeft += Math.max(0, tab.getBoundingClientRect().right - bar.getBoundingClientRect().right);
    });
  }

  fit();
  showTab();
  document.fonts.ready.then(fit);
  addEventListener("resize", fit);
  document.addEventListener("htmx:afterSwap", fit);
})();
