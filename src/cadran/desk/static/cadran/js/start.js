/* The template of a new ticket: asks for its values once it is chosen, and puts them into the form. What asks for values tells what nobody typed: fields that carry a deduced reason, and texts as a template left them, count as untouched. */
(function () {
  "use strict";
  const texts = new Map();
  let tags = [];

  function form() { return document.getElementById("new-ticket"); }

  function untouched() {
    const isOurs = (field) => texts.has(field.name) && texts.get(field.name) === field.value;
    const isDeduced = (field) => field.closest("[class*='cd-f-']")?.querySelector(":scope > .cd-deduced");
    return [...form().elements].filter((field) => field.name && (isOurs(field) || isDeduced(field))).map((field) => field.name).join(" ");
  }

  function putText(field, html) {
    const box = field.closest("[data-rich]");
    field.value = html;
    if (box && box.editor) { box.editor.commands.setContent(html); }
    texts.set(field.name, field.value);
  }

  /* The tags of the template chosen before go, those of this one come; the others stay. */
  function putTags(main, place) {
    const picker = main.elements.tags && main.elements.tags.tomselect;
    if (!picker) { return; }
    tags.forEach((one) => picker.removeItem(one, true));
    const wanted = JSON.parse(place.dataset.tags).filter((one) => !picker.items.includes(one.value));
    wanted.forEach((one) => { picker.addOption(one); picker.addItem(one.value, true); });
    tags = wanted.map((one) => one.value);
    main.elements.tags_of.value = place.dataset.template;
  }

  /* A custom field of the nature that is about to be set: its value goes along when the fields are asked for. */
  function setAside(name, value) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    document.getElementById("custom-fields").append(field);
  }

  function fill(place) {
    const main = form();
    putTags(main, place);
    const plain = {};
    Object.entries(JSON.parse(place.dataset.fill)).forEach(([name, filled]) => {
      const field = main.elements[name];
      if (!field && name.startsWith("cf.")) { setAside(name, filled.value); }
      if (!field) { return; }
      if (field.type === "checkbox") { field.checked = Boolean(filled.value); }
      else if (field.type === "textarea") { putText(field, filled.value); }
      else { plain[name] = filled; }
    });
    document.dispatchEvent(new CustomEvent("fill", { detail: plain }));
    main.dispatchEvent(new Event("input", { bubbles: true }));
    if (document.activeElement === document.body) { goOn(main); }
  }

  /* The button that asked is gone: on to the first field that is still empty. */
  function goOn(main) {
    const field = ["customer", "requester"].map((name) => main.elements[name]).find((one) => !one.value) || main.elements.title;
    (field.tomselect ? field.tomselect.control_input : field).focus();
  }

  document.addEventListener("picker-changed", (event) => {
    if (event.target.id === "id_template" && event.target.form === form()) { window.htmx.trigger("#started", "start"); }
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if ([form()?.dataset.startUrl, form()?.dataset.deduceUrl].includes(event.detail.path)) { event.detail.parameters.untouched = untouched(); }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "started") { return; }
    const place = event.detail.target.querySelector("[data-fill]");
    if (place) { fill(place); }
  });
})();
