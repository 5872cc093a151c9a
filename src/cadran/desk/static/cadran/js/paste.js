/* What a word processor puts on the clipboard becomes plain rich text: words, lists and tables, no styles of its own.
   Its pictures are kept where the browser was given them; the others leave a word, and a message says so. */
(function () {
  "use strict";
  const NOISE = "script, style, link, meta, title, xml, object, embed, iframe, noscript, template, head";
  const DATA = /^data:(image\/(?:png|jpeg|gif|webp));base64,([a-z0-9+/=\s]+)$/i;

  function told() { return document.getElementById("toasts").dataset; }

  function fileOf(address, n) {
    const [, type, body] = DATA.exec(address);
    const bytes = Uint8Array.from(atob(body.replace(/\s/g, "")), (one) => one.charCodeAt(0));
    return new File([bytes], `image-${n}.${type.split("/")[1].toLowerCase()}`, { type: type.toLowerCase() });
  }

  function isOwn(address) {
    try {
      const { origin, pathname } = new URL(address, location.href);
      return origin === location.origin && pathname.startsWith("/attachments/");
    } catch { return false; }
  }

  /** Word's paragraphs that only look like a list become one. */
  function list(root) {
    const isItem = (one) => one && /mso-list:(?!\s*Ignore)/i.test(one.getAttribute("style") || "");
    [...root.querySelectorAll("p[style*='mso-list']")].filter(isItem).forEach((item) => {
      const mark = item.querySelector("[style*='mso-list:Ignore'], [style*='mso-list: Ignore']");
      const kind = mark && /^\s*[0-9a-z]{1,4}[.)]/i.test(mark.textContent) ? "OL" : "UL";
      if (mark) { mark.remove(); }
      const before = item.previousElementSibling;
      const made = before && before.dataset.made && before.tagName === kind ? before : document.createElement(kind);
      if (made !== before) { made.dataset.made = "yes"; item.before(made); }
      const line = document.createElement("li");
      line.append(...item.childNodes);
      made.append(line);
      item.remove();
    });
  }

  /** A paragraph that holds nothing but blanks; Word parts its paragraphs with them. */
  function isBlank(one) { return !one.textContent.replace(/[\s\u00a0]/g, "") && !one.querySelector("img, br"); }

  /** The body of pasted HTML, inert: nothing of it is fetched or run. */
  function cleaned(html) {
    const { body } = new DOMParser().parseFromString(html, "text/html");
    body.querySelectorAll(NOISE).forEach((one) => one.remove());
    /* Names with a prefix (o:p, v:shape, w:…) are Office's own; what they hold stays, a picture stands beside as img. */
    [...body.querySelectorAll("*")].filter((one) => one.localName.includes(":"))
      .forEach((one) => one.replaceWith(...one.childNodes));
    list(body);
    body.querySelectorAll("p").forEach((one) => { if (isBlank(one)) { one.remove(); } });
    return body;
  }

  /** Puts the kept address of each picture in its place, or a word where it can't be had; returns how many are lost. */
  async function settle(body, files, keep) {
    const pictures = [...body.querySelectorAll("img")].filter((one) => !isOwn(one.getAttribute("src") || ""));
    const without = pictures.filter((one) => !DATA.test(one.getAttribute("src") || ""));
    /* A browser that hands the pictures over beside the text does so in their order. */
    const beside = files.length === without.length ? [...files] : [];
    let lost = 0;
    for (const [n, picture] of pictures.entries()) {
      try {
        const file = DATA.test(picture.getAttribute("src") || "") ? fileOf(picture.getAttribute("src"), n + 1) : beside.shift();
        const { url, name } = file && keep ? await keep(file) : {};
        if (!url) { throw new Error(); }
        const kept = document.createElement("img");
        kept.src = url;
        kept.alt = picture.alt || name || "";
        picture.replaceWith(kept);
      } catch {
        lost += 1;
        picture.replaceWith(`[${picture.alt || told().picture}]`);
      }
    }
    return lost;
  }

  /** Whether a paste holds words: a spreadsheet puts a picture of its cells beside them, which nobody asked for. */
  function hasWords(event) {
    const html = event.clipboardData ? event.clipboardData.getData("text/html") : "";
    return Boolean(html && cleaned(html).textContent.trim());
  }

  /** Takes a paste that holds HTML with pictures or Office's own marks; the editor does the others itself. */
  function paste(box, event, keep) {
    const data = event.clipboardData;
    const html = data ? data.getData("text/html") : "";
    if (!/<img\b|mso-|urn:schemas-microsoft-com|<v:/i.test(html)) { return false; }
    const body = cleaned(html);
    const images = [...data.files].filter((file) => file.type.startsWith("image/"));
    /* A single picture copied from a page comes as a file too: that is all there is to it. */
    if (images.length && !body.textContent.trim()) { return false; }
    event.preventDefault();
    const put = async () => {
      box.classList.add("cd-rich-busy");
      try {
        const lost = await settle(body, images, keep);
        if (lost) { window.cadran.toast(keep ? told().picturesLost.replace("{}", lost) : told().picturesNone, "error"); }
        box.editor.chain().focus().insertContent(body.innerHTML).run();
      } finally {
        box.classList.remove("cd-rich-busy");
      }
    };
    box.uploads = (box.uploads || Promise.resolve()).then(put);
    return true;
  }

  window.cadran = window.cadran || {};
  window.cadran.paste = Object.assign(paste, { hasWords });
})();
