/* Files are measured before they leave: one that is too large, or one too many for a single sending, is left out with a
   sentence, and the others go. The server measures again. Limit and sentences stand on the toasts' host. */
(function () {
  "use strict";

  /** The files of a list that may be sent together, told which were left out and why. */
  function fitting(list) {
    const { fileLimit, fileLarge, fileMore } = document.getElementById("toasts").dataset;
    const limit = Number(fileLimit) * 1024 * 1024;
    const kept = new DataTransfer();
    const later = [];
    let sum = 0;
    [...list].forEach((file) => {
      if (limit && file.size > limit) {
        window.cadran.toast(fileLarge.replace("{}", file.name), "error");
      } else if (limit && sum + file.size > limit) {
        later.push(file.name);
      } else {
        sum += file.size;
        kept.items.add(file);
      }
    });
    if (later.length) { window.cadran.toast(fileMore.replace("{}", later.join(", ")), "error"); }
    return kept.files;
  }

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches || !input.matches("input[type=file]") || !input.files.length) { return; }
    const kept = fitting(input.files);
    if (kept.length === input.files.length) { return; }
    input.files = kept;
    if (!kept.length) { event.stopImmediatePropagation(); }
  }, true);

  window.cadran = window.cadran || {};
  window.cadran.files = { fitting };
})();
