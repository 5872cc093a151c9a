/* Answers that come when whatever asked for them has been drawn anew, or its dialog closed. htmx looks for the parts that
   an answer brings along in the tree of its asker, and tells the page from there: once that tree is gone, what was done
   would neither be shown nor said. So the asker stands in the page again, unseen, while its answer is put in place. */
(function () {
  "use strict";
  /* Who asked from within a dialog: its host, and which of its dialogs that was. */
  const asked = new WeakMap();

  /* Whether the dialog that an asker stood in is closed, or another one stands in its place. */
  function hasLeft(asker) {
    const [host, shown] = asked.get(asker) || [];
    return Boolean(host) && (!host.open || host.dataset.shown !== shown);
  }

  /* What only looks asks again by itself ([data-late=drop]); of a closed dialog only the act itself still matters. */
  function isUnwanted(asker) {
    return asker.matches("[data-late=drop]") || (asker.closest(".cd-dialog") && !asker.matches("form"));
  }

  function late(event) {
    const asker = event.currentTarget;
    if (event.target !== asker || asker.isConnected) { return; }
    if (isUnwanted(asker)) { event.preventDefault(); return; }
    const gone = asker.getRootNode();
    const holder = document.createElement("div");
    holder.hidden = true;
    holder.dataset.gone = "";
    holder.append(gone);
    /* Its ids are those of what has taken its place. */
    holder.querySelectorAll("[id]").forEach((one) => one.removeAttribute("id"));
    document.body.append(holder);
    setTimeout(() => holder.remove());
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    const asker = event.detail.elt;
    const host = asker.closest("dialog.cd-dialog-host");
    if (host) { asked.set(asker, [host, host.dataset.shown]); }
    asker.addEventListener("htmx:beforeOnLoad", late);
  });

  window.cadran = window.cadran || {};
  window.cadran.answers = { hasLeft };
})();
