/* Clocks that tick in the page, in open time only, in step with the server.
   An element with data-countdown (JSON, made by ClockFace) counts from the server's instant `now`, at which `left` seconds of
   working time remained; `open` holds the next open intervals as [start, end]. The client's wall clock is never read:
   elapsed time comes from performance.now(), counted from the moment the answer with the element began to arrive. */
(function () {
  "use strict";
  const NBSP = "\u00a0";
  const MINUS = "\u2212";
  const SVG = "http://www.w3.org/2000/svg";

  /* ---- pure ---- */

  /** Seconds of working time left at `at` (UTC seconds); negative once late. */
  function secondsLeft(clock, at) {
    if (clock.frozen) { return clock.left; }
    let passed = 0;
    for (const [start, end] of clock.open) {
      const from = Math.max(start, clock.now);
      const to = Math.min(end, at);
      if (to > from) { passed += to - from; }
    }
    return clock.left - passed;
  }

  /** green with more than `warn` seconds left, orange down to one, red from zero on. */
  function colourOf(left, warn) {
    if (left <= 0) { return "red"; }
    return left > warn ? "green" : "orange";
  }

  /** "4 h 14", "− 1 h 12", "59 s" in the last minute: as the server writes it. */
  function format(seconds) {
    const sign = seconds < 0 ? MINUS + NBSP : "";
    const rest = Math.abs(seconds);
    if (rest > 0 && rest < 60) { return sign + rest + NBSP + "s"; }
    const minutes = String(Math.floor((rest % 3600) / 60)).padStart(2, "0");
    return sign + Math.floor(rest / 3600) + NBSP + "h" + NBSP + minutes;
  }

  /** Share of the guarantee used, 0 to 100. */
  function usedShare(left, total) {
    if (left <= 0) { return 100; }
    if (!total) { return 0; }
    return Math.min(100, Math.max(0, (100 * (total - left)) / total));
  }

  /** True once no open interval lies ahead: nothing will change any more. */
  function isOver(clock, at) {
    return clock.frozen || clock.open.every(([, end]) => end <= at);
  }

  /* ---- in the page ---- */

  const running = new Map();
  let timer = null;
  let received = arrival();

  function arrival() {
    const page = performance.getEntriesByType("navigation")[0];
    return page && page.responseStart ? page.responseStart : performance.now();
  }

  function serverInstant(clock, since) {
    return clock.now + Math.floor((performance.now() - since) / 1000);
  }

  function draw(parent, name, attributes) {
    const shape = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => shape.setAttribute(key, value));
    parent.append(shape);
  }

  function drawLate(element) {
    const dial = element.querySelector(".cd-dial");
    if (dial) {
      dial.querySelectorAll(".cd-dial-tick, .cd-dial-hand, .cd-dial-hub").forEach((part) => part.remove());
      dial.querySelector(".cd-dial-arc").setAttribute("stroke-dasharray", "100 100");
      draw(dial, "path", { class: "cd-dial-sign", d: "M22 13.5v10M22 29.5v.1" });
    }
    const pie = element.querySelector(".cd-pie");
    if (pie) {
      pie.replaceChildren();
      draw(pie, "circle", { class: "cd-pie-full", cx: "8", cy: "8", r: "7.5" });
      draw(pie, "path", { class: "cd-pie-sign", d: "M8 4.2v4.4M8 11.6v.1" });
    }
  }

  function drawUsed(element, used) {
    const share = String(Math.round(used * 10) / 10);
    const arc = element.querySelector(".cd-dial-arc, .cd-pie-slice");
    if (arc) { arc.setAttribute("stroke-dasharray", share + " 100"); }
    const hand = element.querySelector(".cd-dial-hand");
    if (hand) { hand.setAttribute("transform", "rotate(" + (used * 3.6).toFixed(1) + " 22 22)"); }
  }

  function say(element, selector, text) {
    const target = element.querySelector(selector);
    if (target && target.textContent !== text) { target.textContent = text; }
  }

  function paint(element, clock, at) {
    const left = secondsLeft(clock, at);
    const colour = colourOf(left, clock.warn);
    const words = clock.words || {};
    const late = colour === "red";
    if (element.dataset.clock !== colour) {
      element.dataset.clock = colour;
      if (late) { drawLate(element); }
      element.classList.toggle("is-zero", late);
      say(element, "[data-countdown-spoken]", (words[colour] || "") + " ");
      say(element, "[data-countdown-due]", (late ? words.was : words.due) || "");
      element.dispatchEvent(new CustomEvent("clock-turned", { bubbles: true, detail: { colour, left } }));
    }
    if (!late) { drawUsed(element, usedShare(left, clock.total)); }
    const figure = late || !clock.figure ? format(left) : clock.figure;
    const zero = late && left === 0 ? words.zero : "";
    const sentence = element.dataset.countdownForm === "sentence";
    const pattern = late ? words.late : words.left;
    const text = sentence && pattern ? pattern.replace("{}", late ? format(-left) : figure) : figure;
    say(element, "[data-countdown-text]", zero || text);
  }

  function tick() {
    timer = null;
    for (const [element, { clock, since }] of running) {
      if (!element.isConnected) { running.delete(element); continue; }
      const at = serverInstant(clock, since);
      paint(element, clock, at);
      if (isOver(clock, at)) { running.delete(element); }
    }
    if (running.size) {
      const since = running.values().next().value.since;
      timer = setTimeout(tick, 1000 - ((performance.now() - since) % 1000) + 2);
    }
  }

  function start(root) {
    const found = [...root.querySelectorAll("[data-countdown]")];
    if (root.matches && root.matches("[data-countdown]")) { found.push(root); }
    for (const element of found) {
      if (running.has(element)) { continue; }
      let clock;
      try { clock = JSON.parse(element.dataset.countdown); } catch (broken) { continue; }
      running.set(element, { clock, since: received });
    }
    if (running.size && timer === null) { tick(); }
  }

  window.cadran = window.cadran || {};
  window.cadran.countdown = { secondsLeft, colourOf, format, usedShare, isOver, start };

  document.addEventListener("DOMContentLoaded", () => start(document));
  if (document.readyState !== "loading") { start(document); }
  document.addEventListener("htmx:beforeSwap", () => { received = performance.now(); });
  document.addEventListener("htmx:afterSettle", (event) => start(event.target));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && running.size) { clearTimeout(timer); tick(); }
  });
})();
