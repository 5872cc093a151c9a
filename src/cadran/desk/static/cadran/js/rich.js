/* Rich text: the editor is fetched only where a page has a field for it (data-rich holds its address).
   It writes no style element (injectCSS is off) and keeps the text area up to date; without it the text area stays.
   Other scripts add to it through cadran.rich.parts: {extensions(textarea, tools), ready(box, editor, textarea),
   keydown(box, event)}, each if they need it. */
(function () {
  "use strict";
  const parts = [];

  function sync(editor, textarea) {
    const html = editor.isEmpty ? "" : editor.getHTML();
    if (textarea.value !== html) {
      textarea.value = html;
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  const ACTS = {
    bold: (editor) => editor.chain().focus().toggleBold().run(),
    bulletList: (editor) => editor.chain().focus().toggleBulletList().run(),
    code: (editor) => editor.chain().focus().toggleCode().run(),
    table: (editor) => editor.chain().focus().insertTable({ rows: 3, cols: 2, withHeaderRow: true }).run(),
  };

  function askLink(box, editor, button) {
    const open = box.querySelector(".cd-rich-link");
    if (open) { open.remove(); editor.commands.focus(); return; }
    const line = document.createElement("div");
    line.className = "cd-rich-link";
    const field = document.createElement("input");
    field.type = "url";
    field.className = "form-control";
    field.setAttribute("aria-label", button.dataset.prompt);
    field.placeholder = "https://";
    field.value = editor.getAttributes("link").href || "";
    const make = (text, act) => {
      const one = document.createElement("button");
      one.type = "button";
      one.className = "btn btn-secondary btn-sm";
      one.textContent = text;
      one.addEventListener("click", act);
      return one;
    };
    const set = () => {
      const href = field.value.trim();
      line.remove();
      if (/^(https?:\/\/|mailto:)/i.test(href)) { editor.chain().focus().extendMarkRange("link").setMark("link", { href }).run(); }
      else { editor.commands.focus(); }
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); set(); }
      if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); line.remove(); editor.commands.focus(); }
    });
    const unset = () => { line.remove(); editor.chain().focus().extendMarkRange("link").unsetMark("link").run(); };
    line.append(field, make(button.dataset.set, set), make(button.dataset.unset, unset));
    box.querySelector(".cd-rich-bar").after(line);
    field.focus();
  }

  /* ---- images: pasted or dropped, kept by the server at once (data-upload on the text area) ---- */

  function images(list) { return [...(list || [])].filter((file) => file.type.startsWith("image/")); }

  /** Sends an image to be kept; gives its address and name. Throws with the server's sentence. */
  async function keepImage(url, file) {
    const form = new FormData();
    const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
    form.append("file", file, file.name || "image.png");
    const answer = await fetch(url, { method: "POST", body: form, headers: { "X-CSRFToken": token, Accept: "application/json" }, credentials: "same-origin" });
    const told = await answer.json();
    if (!answer.ok) { throw new Error(told.error || ""); }
    return told;
  }

  async function putImage(box, editor, url, file) {
    box.classList.add("cd-rich-busy");
    try {
      const told = await keepImage(url, file);
      /* The cursor goes on in a paragraph behind: a selected image would be replaced by the next key. */
      const image = { type: "image", attrs: { src: told.url, alt: told.name || "" } };
      const { node, from, to } = editor.state.selection;
      editor.chain().focus().insertContentAt({ from: node ? to : from, to }, [image, { type: "paragraph" }]).run();
    } catch (failed) {
      const host = document.getElementById("toasts");
      window.cadran.toast(failed.message && !(failed instanceof TypeError) && !(failed instanceof SyntaxError) ? failed.message : host.dataset.failed, "error");
    } finally {
      box.classList.remove("cd-rich-busy");
    }
  }

  function takesImages(box, url, found) {
    if (!found.length || !box.editor) { return false; }
    if (!url) {
      window.cadran.toast(document.getElementById("toasts").dataset.picturesNone, "error");
      return true;
    }
    found = [...window.cadran.files.fitting(found)];
    /* One after the other, each behind the one before. */
    box.uploads = found.reduce((before, file) => before.then(() => putImage(box, box.editor, url, file)), box.uploads || Promise.resolve());
    return true;
  }

  /* A file that is dropped on a text never takes the browser away from the form: images stand in it, others are refused. */
  function takesDrop(box, url, dropped) {
    const all = [...((dropped && dropped.files) || [])];
    const found = images(all);
    if (url && found.length < all.length) {
      window.cadran.toast(document.getElementById("toasts").dataset.picturesOnly, "error");
      if (!found.length) { return true; }
    }
    return takesImages(box, url, url ? found : all);
  }

  /* A text is sent with its images: sending waits until the last one has arrived. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const waiting = [...form.querySelectorAll(".cd-rich-busy")];
    if (!waiting.length) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    Promise.all(waiting.map((box) => box.uploads)).then(() => { if (form.isConnected) { form.requestSubmit(button && button.isConnected ? button : undefined); } });
  }, true);

  /* A toolbar is one stop of the Tab key; the arrows walk in it. The composer of notes has none. */
  function walkTools(bar) {
    if (!bar) { return; }
    const shown = () => [...bar.querySelectorAll("button")].filter((one) => !one.hidden);
    const stopAt = (wanted) => bar.querySelectorAll("button").forEach((one) => { one.tabIndex = one === wanted ? 0 : -1; });
    stopAt(shown()[0]);
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) { return; }
      event.preventDefault();
      const all = shown();
      const next = all[(all.indexOf(event.target) + step + all.length) % all.length];
      stopAt(next);
      next.focus();
    });
  }

  function grow(box, tools) {
    if (box.classList.contains("is-alive")) { return; }
    const textarea = box.querySelector("textarea");
    const hasCursor = document.activeElement === textarea;
    const holder = document.createElement("div");
    holder.className = "cd-rich-text";
    textarea.before(holder);
    const kit = ["Document", "Paragraph", "Text", "HardBreak", "History", "Bold", "Italic", "Code", "CodeBlock", "BulletList",
      "OrderedList", "ListItem", "Blockquote", "Link", "Image", "Table", "TableRow", "TableHeader", "TableCell", "Gapcursor", "Dropcursor"];
    const label = textarea.getAttribute("aria-label");
    const editor = new tools.Editor({
      element: holder,
      injectCSS: false,
      editable: !textarea.disabled && !textarea.readOnly,
      extensions: [
        ...kit.map((name) => tools[name]).filter(Boolean),
        ...parts.flatMap((part) => (part.extensions ? part.extensions(textarea, tools) : [])),
      ],
      content: textarea.value,
      editorProps: {
        /* Ctrl+Enter sends the form and changes nothing in the text. */
        handleKeyDown: (_view, event) => parts.some((part) => part.keydown && part.keydown(box, event))
          || (event.key === "Enter" && (event.ctrlKey || event.metaKey)),
        handlePaste: (_view, event) => window.cadran.paste(box, event, textarea.dataset.upload && ((file) => keepImage(textarea.dataset.upload, file)))
          || (!window.cadran.paste.hasWords(event) && takesImages(box, textarea.dataset.upload, images(event.clipboardData && event.clipboardData.files))),
        handleDrop: (_view, event) => {
          const taken = takesDrop(box, textarea.dataset.upload, event.dataTransfer);
          if (taken) { event.preventDefault(); }
          return taken;
        },
        attributes: {
          "role": "textbox", "aria-multiline": "true", "aria-label": label,
          ...(textarea.hasAttribute("aria-describedby") ? { "aria-describedby": textarea.getAttribute("aria-describedby") } : {}),
        },
      },
      onUpdate: () => sync(editor, textarea),
      onTransaction: () => box.querySelectorAll("[data-rich-do]").forEach((button) => {
        button.setAttribute("aria-pressed", String(editor.isActive(button.dataset.richDo)));
      }),
    });
    box.classList.add("is-alive");
    walkTools(box.querySelector(".cd-rich-bar"));
    box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-rich-do]");
      if (!button) { if (event.target === holder) { editor.commands.focus("end"); } return; }
      if (button.dataset.richDo === "link") { askLink(box, editor, button); } else { ACTS[button.dataset.richDo](editor); }
    });
    const label_ = document.querySelector("label[for='" + CSS.escape(textarea.id) + "']");
    if (label_) { label_.addEventListener("click", () => editor.commands.focus()); }
    box.editor = editor;
    parts.forEach((part) => { if (part.ready) { part.ready(box, editor, textarea); } });
    if (hasCursor) { editor.commands.focus("end"); }
  }

  function growAll(root) {
    root.querySelectorAll("[data-rich]").forEach((box) => {
      import(box.dataset.rich).then((tools) => grow(box, tools)).catch((failed) => { console.warn("rich text:", failed); });
    });
  }

  window.cadran = window.cadran || {};
  window.cadran.rich = { parts };
  document.addEventListener("DOMContentLoaded", () => growAll(document));
  document.addEventListener("htmx:afterSettle", (event) => growAll(event.target));
})();
