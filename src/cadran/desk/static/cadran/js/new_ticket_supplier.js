/* Opens the supplier's section of the new-ticket form when the asset has supplier contracts, and closes it again. */
(function () {
  "use strict";

  document.addEventListener("deduced", (event) => {
    const section = document.getElementById("supplier-section");
    const told = event.detail.supplier;
    if (!section || !told) { return; }
    section.hidden = !told.is_open;
    section.querySelector("[data-supplier-note]").textContent = told.note;
    /* What was to choose among: an empty field means "none" only where there was something to choose. */
    section.querySelector("[name=supplier_for]").value = told.asset;
  });
})();
