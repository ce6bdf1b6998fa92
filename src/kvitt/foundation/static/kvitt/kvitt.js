/* What Kvitt's pages do beyond HTML. Every page works without this file: a dialog opens as a page, a date is typed,
   a code is typed, a menu is a <details>. It sets no style and needs nothing but htmx.

   1 Dialogs   2 What htmx fetched   3 Menus and notices   4 Keyboard   5 Fields   6 Code picker
   7 A box that exchanges fields   8 Document viewer   9 Settings */
(() => {
  "use strict";

  const root = document.documentElement;
  const dialog = document.getElementById("dialog");
  const byId = (id) => (id ? document.getElementById(id) : null);
  // Said once, then gone: the words stand on the page already.
  const say = (text) => {
    byId("live").textContent = text;
    setTimeout(() => { byId("live").textContent = ""; }, 1000);
  };
  const focus = (element) => {
    if (!element) return;
    if (element.tabIndex < 0) element.tabIndex = -1;
    element.focus();
  };

  // Shows what only a script can do (.kv-js-only).
  root.classList.add("kv-js");

  /* ---------- 1 Dialogs ----------
     <a href="URL" id="..." data-dialog>: the URL's form in #dialog. The server answers faults with 422 (the form again)
     and success with HX-Location, which exchanges <main>; then the dialog closes. */
  let opener = null;
  let untouched = null; // what the form held when it opened; null until it is shown

  const filled = (form = dialog.querySelector("form")) => {
    const entries = form ? [...new FormData(form)] : [];
    return entries.filter(([name]) => name !== "csrfmiddlewaretoken").map(([name, value]) => `${name}=${value.name ?? value}`).join("\n");
  };

  const focusFirst = (place) => {
    const field = "input:not([type=hidden], :disabled), select:not(:disabled), textarea:not(:disabled)";
    const first = [...place.querySelectorAll(field)].find((element) => element.checkVisibility());
    const visible = (first?.type === "radio" && place.querySelector(`input[type=radio][name="${first.name}"]:checked`)) || first;
    focus(place.querySelector(".kv-summary") ?? place.querySelector("[aria-invalid=true]") ?? place.querySelector("[autofocus]")
      ?? visible ?? place.querySelector(".btn[data-close]") ?? place.querySelector("h2"));
  };

  const showDialog = () => {
    if (!dialog.open) dialog.showModal();
    if (untouched === null || !dialog.querySelector("form")) untouched = filled();
    focusFirst(dialog);
  };

  // Back to where the reader was, also when <main> has been exchanged since; else to what is new.
  const focusBack = () => {
    const place = byId(opener?.id) ?? (opener?.isConnected ? opener : null);
    focus(place ?? document.querySelector("main [autofocus]") ?? document.querySelector("#notices [data-notice]") ?? byId("heading"));
    opener = null;
  };

  const askBeforeClosing = (asking) => {
    for (const foot of dialog.querySelectorAll(".kv-dialog-foot")) foot.hidden = foot.hasAttribute("data-ask") !== asking;
    if (asking) focus(dialog.querySelector("[data-stay]"));
    else focusFirst(dialog);
  };

  const mayClose = () => {
    if (untouched !== null && filled() !== untouched) askBeforeClosing(true);
    else dialog.close();
  };

  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    untouched = null;
    focusBack();
  });
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); mayClose(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault(); // or the browser closes at the second Escape whatever we say
    if (dialog.querySelector("[data-ask]:not([hidden])")) askBeforeClosing(false);
    else mayClose();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) { event.preventDefault(); mayClose(); }
    else if (event.target.closest("[data-stay]")) askBeforeClosing(false);
    else if (event.target.closest("[data-discard]")) dialog.close();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere || event.defaultPrevented) return;
    event.preventDefault();
    if (!dialog.contains(link)) opener = link;
    untouched = null;
    htmx.ajax("GET", link.href, { target: "#dialog", swap: "innerHTML" });
  });

  /* ---------- 2 What htmx fetched ---------- */
  let lastSettled = null;
  let failed = null;
  // How far long work has come, from a part that asks for itself: said when the words have changed.
  const progress = () => document.querySelector("[data-say]")?.dataset.say;
  let lastProgress = progress();

  // htmx tells once per new element; one answer counts once.
  document.addEventListener("htmx:afterSettle", (event) => {
    const { xhr, target } = event.detail;
    if (!xhr || xhr === lastSettled) return;
    lastSettled = xhr;
    if (target === dialog) showDialog();
    else if (target.matches("main")) {
      if (dialog.open) dialog.close();
      if (xhr.status === 422) focus(document.querySelector("main .kv-summary") ?? document.querySelector("main [aria-invalid=true]"));
      const words = document.querySelector("#notices [data-notice] > div") ?? document.querySelector("#list .kv-count > span");
      say(words?.textContent ?? "");
    }
    if (progress() === lastProgress) return;
    lastProgress = progress();
    if (lastProgress) say(lastProgress);
  });

  // An answer from another address than asked (signed out, or a plain redirect) is a page of its own, not a fragment.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo } = event.detail;
    const path = (address) => new URL(address, location.href).pathname;
    if (!xhr.responseURL || path(xhr.responseURL) === path(pathInfo.finalRequestPath)) return;
    event.detail.shouldSwap = false;
    location.assign(xhr.responseURL);
  });

  // A part of a form that follows from another (data-follows): an answer to what has been changed since would take
  // back what was typed meanwhile. It is thrown away, and asked for anew.
  const sent = new WeakMap();
  document.addEventListener("htmx:beforeSend", (event) => {
    const { elt, xhr } = event.detail;
    if (elt.matches("[data-follows]")) sent.set(xhr, filled(elt.closest("form")));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, requestConfig, xhr } = event.detail;
    const source = requestConfig?.elt ?? elt;
    if (!sent.has(xhr) || sent.get(xhr) === filled(source.closest("form"))) return;
    event.detail.shouldSwap = false;
    setTimeout(() => source.dispatchEvent(new Event("change")), 200);
  });

  // While their form is being sent they are not asked for: a part takes turns with its form, and would cut it off.
  const sending = new WeakSet();
  document.addEventListener("htmx:beforeSend", ({ detail }) => { if (detail.elt.matches("form")) sending.add(detail.elt); });
  document.addEventListener("htmx:afterRequest", ({ detail }) => sending.delete(detail.elt));
  document.addEventListener("htmx:confirm", (event) => {
    const { elt } = event.detail;
    if (elt.matches("[data-follows]") && sending.has(elt.closest("form"))) event.preventDefault();
  });

  // What exchanges <main> brings the new state of such parts along: an older answer may not come after it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.target?.matches?.("main")) return;
    for (const part of document.querySelectorAll("main [data-follows]")) htmx.trigger(part, "htmx:abort");
  });

  const busy = (event, is) => {
    const { target } = event.detail;
    if (!target?.matches?.("main")) return;
    if (is) target.setAttribute("aria-busy", "true");
    else target.removeAttribute("aria-busy");
  };
  document.addEventListener("htmx:beforeRequest", (event) => busy(event, true));
  document.addEventListener("htmx:afterRequest", (event) => busy(event, false));

  // The rows and the form stay; above them a notice that says so, with a button.
  const fail = (event) => {
    const { elt, target, requestConfig } = event.detail;
    if (requestConfig?.triggeringEvent?.type === "hx:poll:trigger") return; // it asks again by itself
    const template = byId("failed-notice");
    const notice = template.content.firstElementChild.cloneNode(true);
    const kind = requestConfig?.verb !== "get" ? "form" : byId("list") && target?.matches?.("main") ? "list" : "page";
    notice.querySelector("div").textContent = template.dataset[kind];
    const place = (dialog.open && dialog.querySelector(".kv-dialog-body")) || byId("notices");
    for (const old of place.querySelectorAll("[data-failed]")) old.remove();
    notice.dataset.failed = "";
    place.prepend(notice);
    failed = elt === document.body ? opener : elt;
    focus(notice.querySelector("[data-retry]"));
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, fail);

  // A search's address names only what was chosen, so that it can be read and shared.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches("[data-filter]")) return;
    const { formData } = event.detail;
    for (const [name, value] of [...formData.entries()]) if (value === "") formData.delete(name);
  });

  /* ---------- 3 Menus and notices ---------- */
  const leaveMenus = (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
  };
  document.addEventListener("click", leaveMenus);
  document.addEventListener("focusin", leaveMenus);
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details[data-menu][open]");
    if (!menu) return;
    event.preventDefault();
    menu.open = false;
    focus(menu.querySelector("summary"));
  });

  document.addEventListener("click", (event) => {
    const notice = event.target.closest("[data-notice]");
    if (event.target.closest("[data-retry]") && failed) {
      notice.remove();
      if (failed.matches("form")) failed.requestSubmit();
      else failed.click();
    } else if (event.target.closest("[data-close-notice]")) {
      notice.remove();
      focus(dialog.open ? byId("dialog-title") : byId("heading"));
    }
  });

  // A list with boxes: the link reloads the page with every box ticked; a script ticks them where they are.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-choose-all]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const boxes = [...link.closest("form").querySelectorAll("input[name=chosen]")];
    const isAll = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !isAll;
    const done = link.textContent;
    link.textContent = link.dataset.other;
    link.dataset.other = done;
    say(done);
  });

  /* ---------- 4 Keyboard ----------
     Off where the user says so (WCAG 2.1.4), and never while typing. `/` search, `g` then a letter: a page of the menu,
     `n` the plus of the panel, `?` the list of these, Ctrl+Enter sends the form. */
  let goPressedAt = -Infinity;
  const isTyping = (element) => Boolean(element.closest?.("input:not([type=checkbox], [type=radio], [type=submit]), select, textarea, [contenteditable]"));

  const shortcuts = {
    "/": () => { const search = byId("patient-search"); focus(search); search?.select(); },
    "?": () => byId("shortcuts-link")?.click(),
    n: () => {
      const panel = document.activeElement.closest(".kv-panel");
      (panel?.querySelector("[data-new]") ?? document.querySelector("main [data-new]"))?.click();
    },
  };

  // A link that looks and acts as a button answers to the space bar as one.
  document.addEventListener("keydown", (event) => {
    const button = event.key === " " && event.target.closest?.("a[role=button]");
    if (button) { event.preventDefault(); button.click(); }
  });

  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.shortcuts !== "on" || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("main form, dialog form");
      if (form) { event.preventDefault(); form.requestSubmit(form.querySelector("[type=submit]")); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open || isTyping(event.target)) return;
    if (event.timeStamp - goPressedAt < 1500) {
      goPressedAt = -Infinity;
      const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); location.assign(link.href); return; }
    }
    if (event.key === "g") goPressedAt = event.timeStamp;
    else if (Object.hasOwn(shortcuts, event.key)) { event.preventDefault(); shortcuts[event.key](); }
  });

  /* ---------- 5 Fields ---------- */
  const tell = (field) => {
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  // The computer's own calendar, beside the text field that keeps taking 20250320, 250320 and idag.
  const openCalendar = (button) => {
    const text = button.parentElement.querySelector("[data-date]");
    let native = button.parentElement.querySelector(".kv-date-native");
    if (!native) {
      native = document.createElement("input");
      native.type = "date";
      native.className = "kv-date-native";
      native.tabIndex = -1;
      native.setAttribute("aria-hidden", "true");
      native.addEventListener("change", () => { text.value = native.value; tell(text); focus(text); });
      button.after(native);
    }
    native.value = /^\d{4}-\d{2}-\d{2}$/.test(text.value) ? text.value : "";
    native.showPicker();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-date-button]");
    if (button) openCalendar(button);
  });

  // A personal number is typed in any form and shown with its dash. The century is never guessed: the server asks.
  document.addEventListener("focusout", (event) => {
    const field = event.target;
    if (!field.matches?.("input[data-identity]")) return;
    const compact = field.value.replace(/[\s\u2010-\u2014\u2212-]/g, "").toUpperCase();
    const parts = /^(\d{8})([0-9A-Z]{4})$/.exec(compact); // a dash in ten digits would choose the century
    if (parts) field.value = `${parts[1]}-${parts[2]}`;
  });

  // A chosen file: its whole name, which the control may cut, and its size.
  document.addEventListener("change", (event) => {
    const { files, type } = event.target;
    if (type !== "file") return;
    const old = event.target.parentElement.querySelector("[data-chosen-file]");
    const line = old ?? Object.assign(document.createElement("p"), { className: "kv-help kv-long" });
    line.dataset.chosenFile = "";
    const size = ({ size: bytes }) => {
      const [number, unit] = bytes < 1e6 ? [Math.max(1, Math.round(bytes / 1e3)), "kB"] : [Math.round(bytes / 1e5) / 10, "MB"];
      return `${number.toLocaleString(root.lang)}\u00a0${unit}`;
    };
    line.textContent = files.length ? `${files[0].name}, ${size(files[0])}` : "";
    if (!old) event.target.after(line);
  });

  /* ---------- 6 Code picker ----------
     <input data-picker="URL">: URL?q=... answers <li role="option" id data-value data-tooth data-jaw data-surface data-price>.
     The values of the fields named in data-picker-with go along, so that prices are those of the chosen date.
     Choosing shows only the [data-needs] fields that the code allows; what is hidden is not sent. */
  const allows = (demand) => demand !== undefined && !["", "no", "0", "false"].includes(demand);

  const showNeeded = (input, demands) => {
    const wanted = { location: allows(demands?.tooth) || allows(demands?.jaw), surface: allows(demands?.surface), price: allows(demands?.price) };
    const left = document.activeElement;
    for (const box of input.form?.querySelectorAll("[data-needs]") ?? []) {
      const needs = box.dataset.needs.split(" ").filter((need) => need in wanted);
      if (!needs.length) continue; // a box decides about it (7)
      box.hidden = Boolean(demands) && !needs.some((need) => wanted[need]);
      for (const field of box.querySelectorAll("input, select, textarea")) field.disabled = box.hidden;
    }
    // Who has gone on to a field that the code turns out not to take goes on to the next one.
    if (left?.form !== input.form || !left.disabled) return;
    const fields = [...input.form.elements];
    focus(fields.slice(fields.indexOf(left)).find((field) => !field.disabled && field.tabIndex >= 0 && field.checkVisibility()));
  };

  // Underlines what was typed in the name of a code.
  const markHit = (option, typed) => {
    const text = option.children[1]?.firstChild;
    const at = text?.nodeType === Node.TEXT_NODE ? text.data.toLowerCase().indexOf(typed.toLowerCase()) : -1;
    if (at < 0 || !typed) return;
    const hit = text.splitText(at);
    hit.splitText(typed.length);
    const mark = document.createElement("mark");
    hit.replaceWith(mark);
    mark.append(hit);
  };

  const setUpPicker = (input) => {
    if (input.getAttribute("role") === "combobox") return;
    const box = input.closest("[data-picker-box]");
    const list = box.querySelector("[role=listbox]");
    const hits = box.querySelector("[role=status]");
    const options = () => [...list.querySelectorAll("[role=option]")];
    const active = () => list.querySelector("[aria-selected=true]");
    let timer = 0;
    let asked = 0;
    let chosen = input.value;
    let fitted = ""; // the text whose fields are shown though nothing is chosen
    let isAsking = false;

    const set = (name, value) => input.setAttribute(`aria-${name}`, value);
    const activate = (option) => {
      active()?.setAttribute("aria-selected", "false");
      option?.setAttribute("aria-selected", "true");
      option?.scrollIntoView({ block: "nearest" });
      if (option) set("activedescendant", option.id);
      else input.removeAttribute("aria-activedescendant");
    };
    const open = (is) => {
      list.hidden = !is;
      set("expanded", String(is));
      if (!is) activate(null);
    };
    const choose = (option) => {
      chosen = input.value = option.dataset.value;
      asked += 1;
      isAsking = false;
      clearTimeout(timer);
      showNeeded(input, option.dataset);
      hits.textContent = "";
      open(false);
      tell(input);
    };
    const exact = () => options().find((option) => option.dataset.value.toLowerCase() === input.value.trim().toLowerCase());

    const search = async () => {
      const number = (asked += 1);
      const url = new URL(input.dataset.picker, location.href);
      url.searchParams.set("q", input.value.trim());
      for (const name of (input.dataset.pickerWith ?? "").split(" ").filter(Boolean)) url.searchParams.set(name, input.form.elements[name]?.value ?? "");
      let html = "";
      try {
        const answer = await fetch(url, { headers: { "HX-Request": "true" } });
        if (!answer.ok || answer.redirected) return; // then it is a text field, and the server checks what is typed
        html = await answer.text();
      } catch { return; }
      if (number !== asked) return;
      isAsking = false;
      list.innerHTML = html;
      const found = options();
      for (const option of found) {
        option.setAttribute("aria-selected", "false");
        markHit(option, input.value.trim());
      }
      const words = found.length === 0 ? hits.dataset.none : found.length === 1 ? hits.dataset.one : hits.dataset.many;
      hits.textContent = words.replace("{count}", String(found.length));
      hits.classList.toggle("visually-hidden", found.length > 0);
      if (document.activeElement === input) {
        open(found.length > 0);
        activate(exact() ?? (found.length === 1 ? found[0] : null));
        if (exact()) { // its fields are there before the focus moves on to them
          fitted = input.value;
          showNeeded(input, exact().dataset);
        }
      } else if (exact()) choose(exact()); // typed whole and left before the answer came
    };
    const searchSoon = () => {
      clearTimeout(timer);
      asked += 1;
      isAsking = Boolean(input.value.trim());
      if (isAsking) timer = setTimeout(search, 120);
      else { open(false); hits.textContent = ""; }
    };

    input.setAttribute("role", "combobox");
    set("autocomplete", "list");
    set("controls", list.id);
    set("expanded", "false");
    if ("tooth" in input.dataset) showNeeded(input, input.dataset);

    input.addEventListener("input", (event) => {
      if (!event.isTrusted) return; // our own tell()
      if (chosen || fitted) showNeeded(input, null);
      chosen = fitted = "";
      searchSoon();
    });
    input.addEventListener("keydown", (event) => {
      const all = options();
      const at = all.indexOf(active());
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) search(); // also with nothing typed: then it lists the first ones
        else activate(all.at((at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1)) % all.length));
      } else if (event.key === "Enter" && !list.hidden && !event.ctrlKey) {
        event.preventDefault();
        if (at < 0) activate(all[0]);
        else choose(all[at]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault(); // the list closes, not the dialog
        open(false);
      } else if (event.key === "Tab") {
        if (!list.hidden && (active() ?? exact())) choose(active() ?? exact());
        else if (isAsking) showNeeded(input, null); // the answer takes away what the code does not take
      }
    });
    input.addEventListener("click", () => { if (list.hidden && !input.value.trim()) search(); });
    input.addEventListener("blur", () => {
      if (!list.hidden && exact() && input.value !== chosen) choose(exact());
      open(false);
    });
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
  };

  /* ---------- 7 A box that exchanges fields ----------
     <input type="checkbox" data-switch="off on">: shows [data-needs=off] or, ticked, [data-needs=on]; what is hidden is not sent. */
  const switchFields = (box) => {
    const [off, on] = box.dataset.switch.split(" ");
    for (const part of box.form.querySelectorAll(`[data-needs=${off}], [data-needs=${on}]`)) {
      part.hidden = part.dataset.needs === (box.checked ? off : on);
      for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = part.hidden;
    }
  };
  document.addEventListener("change", (event) => { if (event.target.matches?.("[data-switch]")) switchFields(event.target); });

  const setUp = (place) => {
    for (const input of place.querySelectorAll("input[data-picker]")) setUpPicker(input);
    for (const box of place.querySelectorAll("[data-switch]")) switchFields(box);
  };
  setUp(document);
  document.addEventListener("htmx:load", (event) => setUp(event.detail.elt.parentElement ?? document));

  /* ---------- 8 Document viewer ----------
     [data-viewer]: [data-look=in|out|fit|turn] sets the sheet's data-zoom (1 is whole, to 5) and data-turn (quarters). By keys:
     arrows to the neighbours while the image is whole, + - 0 and r as the buttons. */
  const look = (viewer, act) => {
    const sheet = viewer.querySelector(".kv-sheet");
    if (!sheet) return;
    const zoom = Number(sheet.dataset.zoom);
    const stage = sheet.parentElement;
    const middle = [(stage.scrollLeft + stage.clientWidth / 2) / stage.scrollWidth, (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight];
    if (act === "turn") sheet.dataset.turn = (Number(sheet.dataset.turn) + 1) % 4;
    else sheet.dataset.zoom = act === "in" ? Math.min(5, zoom + 1) : act === "out" ? Math.max(1, zoom - 1) : 1;
    // What was in the middle stays there.
    stage.scrollTo(middle[0] * stage.scrollWidth - stage.clientWidth / 2, middle[1] * stage.scrollHeight - stage.clientHeight / 2);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-look]");
    if (button) look(button.closest("[data-viewer]"), button.dataset.look);
  });
  document.addEventListener("keydown", (event) => {
    const viewer = document.querySelector("[data-viewer]");
    if (!viewer || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || dialog.open || isTyping(event.target)) return;
    const neighbour = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const enlarged = viewer.querySelector(".kv-sheet:not([data-zoom='1'])");
    if (neighbour && !enlarged && !event.target.matches("input")) viewer.querySelector(`[rel=${neighbour}]`)?.click();
    else if (document.body.dataset.shortcuts === "on") {
      const act = { "+": "in", "-": "out", 0: "fit", r: "turn" }[event.key];
      if (act) { event.preventDefault(); look(viewer, act); }
    }
  });

  /* ---------- 9 Settings and the page itself ---------- */
  // Theme and density are seen at once: <input data-preview="bsTheme">, <input data-preview="density">.
  document.addEventListener("change", (event) => {
    const { preview } = event.target.dataset ?? {};
    if (preview === "bsTheme" || preview === "density") root.dataset[preview] = event.target.value;
  });

  // A page that is left alone says so before the session ends. Whatever htmx asks for begins the time anew.
  const ending = byId("ending-notice");
  let endingTimer = 0;
  const warnLater = () => {
    clearTimeout(endingTimer);
    document.querySelector("[data-ending]")?.remove();
    endingTimer = setTimeout(() => {
      const place = (dialog.open && dialog.querySelector(".kv-dialog-body")) || byId("notices");
      place.prepend(ending.content.cloneNode(true));
    }, Number(ending.dataset.seconds) * 1000);
  };
  if (ending) {
    warnLater();
    document.addEventListener("htmx:afterRequest", warnLater);
    document.addEventListener("click", async (event) => {
      if (!event.target.closest("[data-stay-signed-in]")) return;
      const answer = await fetch(ending.dataset.url, { redirect: "manual" }).catch(() => null);
      if (!answer?.ok) return; // it is too late: what is typed is kept when it is sent
      warnLater();
      focus(dialog.open ? byId("dialog-title") : byId("heading"));
    });
  }

  // A page that was asked for to be printed.
  if (document.querySelector("[data-print]")) window.print();

  // A page that came back with faults begins at them.
  const faults = document.querySelector("main .kv-summary") ?? document.querySelector("main [aria-invalid=true]");
  if (faults) focus(faults);
})();
