/* The week grid of a schedule: what is typed becomes bars at once; Monday is copied to Tuesday to Friday; a row for one
   more exception. The server lays out the four weeks below (htmx); this only draws. */
(function () {
  "use strict";
  const DAY = 1440;
  const TIME = "(\\d{1,2})\\s*(?:[:h.]\\s*(\\d{2})?)?";
  const TYPED = new RegExp("^" + TIME + "\\s*[-\u2013\u2014]\\s*" + TIME + "$", "i");
  const BETWEEN = /[,;]|\s(?:et|and|&)\s/i;
  const SVG = "http://www.w3.org/2000/svg";

  /* The openings of one text, in minutes; null for what can't be read, as the server reads it. */
  function read(text) {
    const found = [];
    for (const part of text.split(BETWEEN).map((one) => one.trim()).filter(Boolean)) {
      const match = TYPED.exec(part);
      if (!match) { return null; }
      const [hour, minute, lastHour, lastMinute] = match.slice(1).map((figures) => Number(figures || 0));
      const [begin, last] = [hour * 60 + minute, lastHour * 60 + lastMinute];
      const end = last === DAY - 1 ? DAY : last;
      if (begin >= DAY || end > DAY || begin === end || minute > 59 || lastMinute > 59) { return null; }
      found.push([begin, end]);
    }
    return found;
  }

  function draw(form) {
    const bars = Array.from({ length: 8 }, () => []);
    for (let day = 1; day <= 7; day += 1) {
      const input = form.querySelector(`[data-week-day="${day}"]`);
      for (const [begin, end] of read(input.value) || []) {
        bars[day].push([begin, begin > end ? DAY : end]);
        if (begin > end && end) { bars[(day % 7) + 1].push([0, end]); }
      }
    }
    for (let day = 1; day <= 7; day += 1) {
      const bar = form.querySelector(`[data-week-bar="${day}"]`);
      bar.querySelectorAll("rect").forEach((rect) => rect.remove());
      for (const [begin, end] of bars[day]) {
        const rect = document.createElementNS(SVG, "rect");
        rect.setAttribute("class", "cd-wk-open");
        rect.setAttribute("x", begin);
        rect.setAttribute("width", end - begin);
        rect.setAttribute("height", 20);
        bar.append(rect);
      }
    }
  }

  function copyMonday(form) {
    const monday = form.querySelector('[data-week-day="1"]').value;
    for (let day = 2; day <= 5; day += 1) { form.querySelector(`[data-week-day="${day}"]`).value = monday; }
    form.querySelector('[data-week-day="1"]').dispatchEvent(new Event("input", { bubbles: true }));
  }

  function addException(form) {
    const rows = form.querySelector("[data-exceptions]");
    const total = form.querySelector('[name="exceptions-TOTAL_FORMS"]');
    const html = form.querySelector("template[data-exception]").innerHTML.replaceAll("__prefix__", total.value);
    rows.insertAdjacentHTML("beforeend", html);
    total.value = Number(total.value) + 1;
    rows.lastElementChild.querySelector("input:not([type=hidden])").focus();
  }

  document.querySelectorAll("[data-week]").forEach(draw);
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-week]");
    if (form) { draw(form); }
  });
  document.addEventListener("click", (event) => {
    const form = event.target.closest("[data-week]");
    if (!form) { return; }
    if (event.target.closest("[data-week-copy]")) { copyMonday(form); }
    if (event.target.closest("[data-exception-add]")) { addException(form); }
    const drop = event.target.closest("[data-exception-drop]");
    if (drop) {
      const row = drop.closest(".cd-wk-except-row");
      const box = row.querySelector('[name$="-DELETE"]');
      box.checked = row.hidden = true;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
})();
