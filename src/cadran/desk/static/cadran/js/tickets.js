/* The ticket list: copies its address, which holds the whole query. */
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy-address]");
    if (!copy || !navigator.clipboard) { return; }
    navigator.clipboard.writeText(location.href).then(() => window.cadran.toast(copy.dataset.copied, "done")).catch(() => {});
  });
})();
