/* Mentions: @ and a few letters in a text with data-mentions="url" offer colleagues; the choice stands in the text as
   one piece, <span data-mention="12">@Karim Benali</span>. The address answers as those of the pickers do. */
(function () {
  "use strict";
  const DELAY = 120;
  /* An @ at the beginning of a word, then letters of a first and a last name. */
  const TYPED = /(?:^|[\s(\ufffc])@((?:[\p{L}\p{N}.'’-]{1,30}(?: [\p{L}'’-]{0,30})?)?)$/u;

  function piece(tools) {
    return tools.Node.create({
      name: "mention",
      group: "inline",
      inline: true,
      atom: true,
      selectable: false,
      addAttributes() {
        return {
          key: { default: "", parseHTML: (part) => part.getAttribute("data-mention"), renderHTML: (values) => ({ "data-mention": values.key }) },
          name: { default: "", parseHTML: (part) => part.textContent.replace(/^@/, ""), renderHTML: () => ({}) },
        };
      },
      parseHTML() { return [{ tag: "span[data-mention]" }]; },
      renderHTML({ node, HTMLAttributes }) { return ["span", HTMLAttributes, "@" + node.attrs.name]; },
      renderText({ node }) { return "@" + node.attrs.name; },
    });
  }

  /** What was typed behind an @ right before the cursor, and where the @ stands; null for none. */
  function typed(editor) {
    const { $from, empty } = editor.state.selection;
    if (!empty || !$from.parent.isTextblock || $from.parent.type.spec.code) { return null; }
    const before = $from.parent.textBetween(Math.max(0, $from.parentOffset - 70), $from.parentOffset, null, "\ufffc");
    const found = TYPED.exec(before);
    return found && { words: found[1], from: $from.pos - found[1].length - 1, to: $from.pos };
  }

  function watch(box, editor, textarea) {
    let asked = 0;
    let timer = null;
    let left = -1;
    const list = new window.cadran.Suggestions(editor.view.dom, textarea.dataset.mentionsLabel, (item) => {
      const now = typed(editor);
      if (!now) { return; }
      const parts = [{ type: "mention", attrs: { key: item.value, name: item.text } }, { type: "text", text: " " }];
      editor.chain().focus().insertContentAt({ from: now.from, to: now.to }, parts).run();
    });
    editor.view.dom.setAttribute("aria-autocomplete", "list");
    box.mentionKey = (event) => {
      const open = list.isOpen;
      const now = open && event.key === "Escape" ? typed(editor) : null;
      const taken = list.key(event);
      /* Closed by hand, the list stays away from this @. */
      if (taken && now) { left = now.from; }
      return taken;
    };
    function ask() {
      const now = typed(editor);
      const mine = ++asked;
      clearTimeout(timer);
      if (!now || now.from === left || !editor.isFocused) { list.close(); if (!now) { left = -1; } return; }
      timer = setTimeout(() => {
        const url = new URL(textarea.dataset.mentions, location.href);
        url.searchParams.set("q", now.words);
        fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" })
          .then((answer) => (answer.ok ? answer.json() : { results: [] }))
          .then((data) => {
            if (mine === asked && editor.isFocused) { list.show(data.results.slice(0, 8), editor.view.coordsAtPos(now.from)); }
          })
          .catch(() => list.close());
      }, DELAY);
    }
    editor.on("update", ask);
    editor.on("selectionUpdate", ask);
    editor.on("blur", () => { asked += 1; list.close(); });
  }

  window.cadran.rich.parts.push({
    extensions: (textarea, tools) => (textarea.dataset.mentions ? [piece(tools)] : []),
    ready: (box, editor, textarea) => { if (textarea.dataset.mentions) { watch(box, editor, textarea); } },
    keydown: (box, event) => Boolean(box.mentionKey && box.mentionKey(event)),
  });

  /* The button beside the text types the @ for those who do not know it. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mention-open]");
    const box = button && document.getElementById(button.dataset.mentionOpen).closest(".cd-rich");
    if (!box || !box.editor) { return; }
    const { $from } = box.editor.state.selection;
    const glued = /[^\s(]$/.test($from.parent.textBetween(0, $from.parentOffset, null, " "));
    box.editor.chain().focus().insertContent(glued ? " @" : "@").run();
  });
})();
