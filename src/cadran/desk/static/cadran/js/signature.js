/* A box that is signed in (data-sign): strokes of points in a box of 1000 by 400, whatever its size on the screen, kept
   as JSON in the hidden field; drawn anew when the box is resized, turned, or comes back with the form. */
(function () {
  "use strict";
  const WIDTH = 1000;
  const HEIGHT = 400;
  /* Points nearer than this add nothing; a signature stays small. */
  const LEAST_STEP = 4;
  const PEN = 5;

  function grow(box) {
    const canvas = box.querySelector("canvas");
    const field = box.querySelector("input[name=signature]");
    const said = box.querySelector("[data-sign-said]");
    const pen = canvas.getContext("2d");
    let strokes = read(field.value);
    let current = null;

    function read(text) {
      try { const kept = JSON.parse(text || "[]"); return Array.isArray(kept) ? kept : []; } catch { return []; }
    }

    function line(stroke) {
      const [first] = stroke;
      if (stroke.length === 1) {
        pen.beginPath();
        pen.arc(first[0], first[1], PEN / 1.6, 0, 7);
        pen.fill();
        return;
      }
      pen.beginPath();
      pen.moveTo(first[0], first[1]);
      for (let n = 1; n < stroke.length - 1; n += 1) {
        const [x, y] = stroke[n];
        const [u, v] = stroke[n + 1];
        pen.quadraticCurveTo(x, y, (x + u) / 2, (y + v) / 2);
      }
      const last = stroke[stroke.length - 1];
      pen.lineTo(last[0], last[1]);
      pen.stroke();
    }

    function draw() {
      const ratio = window.devicePixelRatio || 1;
      const { width, height } = canvas.getBoundingClientRect();
      if (!width) { return; }
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      pen.setTransform(canvas.width / WIDTH, 0, 0, canvas.height / HEIGHT, 0, 0);
      pen.strokeStyle = pen.fillStyle = getComputedStyle(canvas).color;
      pen.lineWidth = PEN;
      pen.lineCap = pen.lineJoin = "round";
      strokes.forEach(line);
      if (current) { line(current); }
    }

    function keep() {
      field.value = strokes.length ? JSON.stringify(strokes) : "";
      said.textContent = strokes.length ? said.dataset.drawn : said.dataset.empty;
      box.querySelectorAll("[data-sign-undo], [data-sign-clear]").forEach((button) => { button.disabled = !strokes.length; });
      draw();
    }

    function point(event) {
      const place = canvas.getBoundingClientRect();
      const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
      return [
        within(((event.clientX - place.left) / place.width) * WIDTH, WIDTH),
        within(((event.clientY - place.top) / place.height) * HEIGHT, HEIGHT),
      ];
    }

    function follow(event) {
      const all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      (all.length ? all : [event]).forEach((one) => {
        const next = point(one);
        const last = current[current.length - 1];
        if (Math.hypot(next[0] - last[0], next[1] - last[1]) >= LEAST_STEP) { current.push(next); }
      });
      draw();
    }

    let drawnBy = null;
    canvas.addEventListener("pointerdown", (event) => {
      if (drawnBy !== null || event.button !== 0) { return; } // the palm of a hand that holds the pen
      event.preventDefault();
      drawnBy = event.pointerId;
      canvas.setPointerCapture(drawnBy);
      current = [point(event)];
      draw();
    });
    canvas.addEventListener("pointermove", (event) => { if (event.pointerId === drawnBy) { follow(event); } });
    const end = (event) => {
      if (event.pointerId !== drawnBy) { return; }
      strokes.push(current);
      drawnBy = current = null;
      canvas.classList.remove("is-invalid");
      keep();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    box.querySelector("[data-sign-undo]").addEventListener("click", () => { strokes.pop(); keep(); });
    box.querySelector("[data-sign-clear]").addEventListener("click", () => { strokes = []; keep(); });
    /* Another language is another text: what was signed of the first one is not given to it. */
    document.addEventListener("htmx:afterSwap", (event) => {
      if (event.detail.target.id === "report-sheet" && strokes.length) { strokes = []; keep(); }
    });
    new ResizeObserver(draw).observe(canvas);
    new MutationObserver(draw).observe(document.documentElement, { attributes: true });
    box.hidden = false;
    keep();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-sign]").forEach(grow));
})();
