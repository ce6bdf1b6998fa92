/* The grid where a month of figures is typed (#grid): moving about by keyboard, pasting from a spreadsheet, and saving
   as one types. Without this file it is a form with a button. What is typed is kept in the tab until it is saved.

   1 The grid   2 What is typed   3 Saving   4 What is said   5 Keyboard   6 Pasting   7 Coming and going */
(() => {
  "use strict";

  const AT_ONCE = 150; // ms after a cell is left
  const WHILE_TYPING = 1_000; // ms after the last key in the cell that has focus
  const BATCH = 400; // cells in a request
  const WAITS = [1_000, 2_000, 4_000, 8_000, 15_000]; // between tries
  const LONGEST_ANSWER = 30_000;
  const byId = (id) => document.getElementById(id);

  const setUp = (form) => {
    const state = byId("grid-state");
    const words = state.dataset;
    const notes = byId("grid-notes");
    const table = form.querySelector("table");
    const body = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells].slice(1, -2);
    const isTime = heads.map((head) => "time" in head.dataset);
    const path = form.dataset.url;
    const store = `kvitt-grid:${form.dataset.owner}:${path}`;

    /* ---------- 1 The grid ---------- */
    const rows = body.map((row) => [...row.querySelectorAll("input")]);
    const cells = new Map(); // name -> where it is
    rows.forEach((inputs, row) => inputs.forEach((input, column) => cells.set(input.name, { input, row, column })));
    const seen = new Map(Object.entries(JSON.parse(form.elements.seen.value))); // name -> [figure, version]
    const seenIn = (name) => seen.get(name) ?? [null, 0];
    const textOf = ([figure]) => (figure === null ? "" : String(figure));

    // The figure that a text means; the server reads it again, and says what is wrong with it.
    const figure = (text, time) => {
      const compact = text.replace(/\s/g, "");
      const parts = time && /^(\d{1,6}):([0-5]\d)$/.exec(compact);
      if (parts) return Number(parts[1]) * 60 + Number(parts[2]);
      return /^\d{1,12}(?:[.,]0{1,6})?$/.test(compact) ? parseInt(compact, 10) : null;
    };
    const figureOf = (name, text) => figure(text, isTime[cells.get(name)?.column] ?? true);

    const sum = (inputs, time) => inputs.reduce((all, input) => all + (figure(input.value, time) ?? 0), 0);
    const addUp = (changedRows, changedColumns) => {
      const foot = table.tFoot.rows[0].cells;
      for (const row of changedRows) {
        const both = [false, true].map((time) => rows[row].reduce((all, input, column) => (isTime[column] === time ? all + sum([input], time) : all), 0));
        body[row].querySelector("[data-sum=count]").textContent = both[0];
        body[row].querySelector("[data-sum=time]").textContent = both[1];
      }
      for (const column of changedColumns) foot[column + 1].textContent = sum(rows.map((inputs) => inputs[column]), isTime[column]);
      for (const [name, time] of [["count", false], ["time", true]]) {
        const all = heads.reduce((total, _, column) => (isTime[column] === time ? total + Number(foot[column + 1].textContent) : total), 0);
        table.tFoot.querySelector(`[data-sum=${name}]`).textContent = all;
      }
    };

    /* ---------- 2 What is typed ----------
       name -> { text, seen: what stood there when it was typed, lost: texts sent without an answer, fault, theirs } */
    const pending = new Map();
    const keep = () => {
      if (pending.size) sessionStorage.setItem(store, JSON.stringify([...pending]));
      else sessionStorage.removeItem(store);
    };
    const isStuck = (entry) => entry.fault !== undefined;
    const unsent = () => [...pending].filter(([, entry]) => !isStuck(entry));

    const mark = (name) => {
      const input = cells.get(name)?.input;
      if (!input) return;
      const entry = pending.get(name);
      input.toggleAttribute("data-unsaved", Boolean(entry));
      if (entry?.fault !== undefined) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", `note-${name}`);
      } else if (!input.readOnly) {
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
      }
    };

    const take = (name, text) => {
      const entry = pending.get(name);
      const saved = seenIn(name);
      const isAsSaved = !sending?.has(name) && !entry?.lost && !entry?.theirs && text.trim() === textOf(saved);
      if (isAsSaved) pending.delete(name);
      else pending.set(name, { text, seen: entry?.seen ?? saved, lost: entry?.lost, theirs: entry?.theirs });
      mark(name);
    };

    const typed = (input) => {
      take(input.name, input.value);
      const { row, column } = cells.get(input.name);
      addUp([row], [column]);
      keep();
      showNotes();
      show();
      sendSoon(document.activeElement === input ? WHILE_TYPING : AT_ONCE);
    };

    /* ---------- 3 Saving: one request at a time, again and again until each cell has its answer ---------- */
    let sending = null; // name -> text on its way
    let timer = 0;
    let tries = 0;
    let stopped = ""; // words: nothing is sent any more
    let waiting = ""; // words: the connection is lost
    let savedAt = "";
    let isGoing = false; // to sign in, and back to what is kept

    const sendSoon = (wait) => {
      clearTimeout(timer);
      timer = setTimeout(send, waiting ? Math.max(wait, WAITS[Math.min(tries, WAITS.length) - 1] ?? wait) : wait);
    };

    const lost = (words_) => {
      if (sending) {
        for (const [name, text] of sending) {
          const entry = pending.get(name);
          if (entry) entry.lost = [...(entry.lost ?? []), text];
        }
      }
      sending = null;
      if (!waiting) say(words_);
      waiting = words_;
      tries += 1;
      keep();
      show();
      sendSoon(0);
    };

    const stop = (words_) => {
      sending = null;
      stopped = words_;
      say(words_);
      show();
    };

    const send = async () => {
      clearTimeout(timer);
      if (sending || stopped || !form.isConnected) return;
      const batch = unsent().slice(0, BATCH);
      if (!batch.length) { show(); return; }
      if (!navigator.onLine) { lost(words.offline); return; }
      sending = new Map(batch.map(([name, entry]) => [name, entry.text]));
      show();
      let answer;
      let told;
      try {
        answer = await fetch(path, {
          method: "POST",
          body: JSON.stringify(batch.map(([name, entry]) => [name, entry.text, ...entry.seen])),
          headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
          signal: AbortSignal.timeout(LONGEST_ANSWER),
        });
        if (answer.redirected) { stop(words.signedOut); return; }
        if (answer.status >= 500 || answer.status === 429) { lost(words.failed); return; }
        const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
        told = isOurs ? await answer.json() : {};
      } catch { lost(words.offline); return; }
      if (!answer.ok) { stop(told.stop ?? words.refused); return; }
      if (waiting) say(words.saved.replace("{time}", told.at));
      waiting = "";
      tries = 0;
      savedAt = told.at;
      const sent = sending;
      sending = null;
      for (const [name, result] of Object.entries(told.cells)) settle(name, sent.get(name), result);
      keep();
      showNotes();
      show();
      // The session goes on: the page says when it ends, counted from here.
      document.dispatchEvent(new CustomEvent("htmx:afterRequest", { detail: {} }));
      if (unsent().length) sendSoon(AT_ONCE);
    };

    // What became of one cell: it is saved, or wrong, or somebody else has been there.
    const settle = (name, text, { seen: stored, fault, isConflict }) => {
      const entry = pending.get(name);
      if (!entry) { seen.set(name, stored); return; }
      if (isConflict) {
        const ours = (entry.lost ?? []).some((sent) => (figureOf(name, sent) || null) === (stored[0] || null));
        if (ours) { // what is there is our own, saved though its answer was lost
          seen.set(name, stored);
          pending.set(name, { text: entry.text, seen: stored });
        } else if (entry.text === text) Object.assign(entry, { fault, theirs: stored });
      } else if (fault !== undefined) {
        if (entry.text === text) entry.fault = fault;
      } else {
        seen.set(name, stored);
        if (entry.text !== text) pending.set(name, { text: entry.text, seen: stored }); // typed on meanwhile
        else {
          pending.delete(name);
          write(name);
        }
      }
      mark(name);
    };

    // The figure as it is saved, but not under the hands of who types there.
    const write = (name) => {
      const input = cells.get(name)?.input;
      if (!input || document.activeElement === input) return;
      input.value = textOf(seenIn(name));
    };

    /* ---------- 4 What is said ---------- */
    const say = (text) => {
      byId("live").textContent = text;
      setTimeout(() => { byId("live").textContent = ""; }, 2_000);
    };

    let remark = ""; // of the latest paste
    const show = () => {
      const stuck = [...pending.values()].filter(isStuck).length;
      const faulty = stuck === 1 ? words.faultyOne : words.faulty.replace("{count}", stuck);
      const isAtWork = Boolean(sending) || unsent().length > 0;
      const [kind, text] = stopped ? ["is-bad", stopped]
        : waiting ? ["is-waiting", waiting]
          : isAtWork ? ["", words.saving]
            : stuck ? ["is-bad", faulty]
              : savedAt ? ["is-saved", words.saved.replace("{time}", savedAt)] : ["", words.clean];
      state.className = `kv-grid-state ${kind}`;
      const said = remark ? `${text} ${remark}` : text;
      if (state.firstChild?.textContent !== said) state.replaceChildren(said);
      if (stopped && !state.querySelector("a")) {
        const link = document.createElement("a");
        link.href = location.href;
        link.textContent = words.again;
        link.addEventListener("click", () => { isGoing = true; });
        state.append(link);
      }
    };

    const labelOf = (name) => {
      const cell = cells.get(name);
      if (!cell) return name;
      const service = heads[cell.column].firstChild.textContent;
      return `${body[cell.row].querySelector("th span").textContent.trim()}, ${service}`;
    };

    const button = (label, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "btn btn-default btn-row";
      made.textContent = label;
      made.addEventListener("click", act);
      return made;
    };

    const choose = (name, isMine) => {
      const entry = pending.get(name);
      if (isMine) pending.set(name, { text: entry.text, seen: entry.theirs });
      else pending.delete(name);
      seen.set(name, entry.theirs);
      const cell = cells.get(name);
      if (cell && !isMine) cell.input.value = textOf(entry.theirs);
      if (cell) addUp([cell.row], [cell.column]);
      mark(name);
      keep();
      showNotes();
      show();
      cell?.input.focus();
      sendSoon(0);
    };

    const showNotes = () => {
      const stuck = [...pending].filter(([, entry]) => isStuck(entry));
      const list = notes.querySelector("ul");
      const now = stuck.map(([name, entry]) => `${name} ${entry.text} ${entry.fault}`).join("\n");
      if (list.dataset.now === now) return;
      list.dataset.now = now;
      list.replaceChildren(...stuck.map(([name, entry]) => {
        const item = document.createElement("li");
        item.id = `note-${name}`;
        const link = document.createElement("a");
        link.href = `#q-${name}`;
        link.textContent = labelOf(name);
        item.append(link, `: ${entry.fault}`);
        if (entry.theirs) {
          const value = (text) => text.trim() || words.nothing;
          item.append(
            button(words.mine.replace("{value}", value(entry.text)), () => choose(name, true)),
            button(words.theirs.replace("{value}", value(textOf(entry.theirs))), () => choose(name, false)),
          );
        }
        return item;
      }));
      if (notes.hidden && stuck.length) say(list.textContent);
      notes.hidden = !stuck.length;
    };
    notes.addEventListener("click", (event) => {
      const input = cells.get(event.target.closest("a")?.hash.slice(3))?.input;
      if (!input) return;
      event.preventDefault();
      input.focus();
    });

    /* ---------- 5 Keyboard ---------- */
    let entered = ""; // what stood in the cell when it was entered

    const go = (row, column) => {
      const input = rows[Math.min(Math.max(row, 0), rows.length - 1)][Math.min(Math.max(column, 0), heads.length - 1)];
      input.focus();
    };

    table.addEventListener("focusin", ({ target }) => {
      const cell = cells.get(target.name);
      if (!cell) return;
      entered = target.value;
      target.select();
      target.scrollIntoView({ block: "nearest", inline: "nearest" });
      for (const head of heads) head.classList.toggle("is-here", head === heads[cell.column]);
    });
    table.addEventListener("focusout", ({ target }) => {
      if (!cells.has(target.name)) return;
      if (pending.has(target.name)) sendSoon(AT_ONCE);
      else target.value = textOf(seenIn(target.name));
    });
    table.addEventListener("mousedown", (event) => {
      if (!cells.has(event.target.name) || event.target === document.activeElement || event.button) return;
      event.preventDefault(); // or the click takes the selection away, and typing would not replace
      event.target.focus();
    });
    table.addEventListener("input", ({ target }) => { if (cells.has(target.name)) typed(target); });

    const lastRow = rows.length - 1;
    const lastColumn = heads.length - 1;
    const moves = {
      ArrowUp: (row, column, far) => [far ? 0 : row - 1, column],
      ArrowDown: (row, column, far) => [far ? lastRow : row + 1, column],
      ArrowLeft: (row, column, far) => [row, far ? 0 : column - 1],
      ArrowRight: (row, column, far) => [row, far ? lastColumn : column + 1],
      Home: (row, column, far) => [far ? 0 : row, 0],
      End: (row, column, far) => [far ? lastRow : row, lastColumn],
      PageUp: (row, column) => [row - 10, column],
      PageDown: (row, column) => [row + 10, column],
      Enter: (row, column) => [row + 1, column],
    };
    table.addEventListener("keydown", (event) => {
      const { target, key } = event;
      const cell = cells.get(target.name);
      if (!cell || event.altKey || event.isComposing) return;
      const far = event.ctrlKey || event.metaKey;
      if (key === "Escape") {
        if (target.value === entered) return;
        event.preventDefault();
        target.value = entered;
        target.select();
        typed(target);
        return;
      }
      if (!Object.hasOwn(moves, key)) return;
      // Within what is typed the arrows move as in any field, until its end.
      const { selectionStart: from, selectionEnd: to, value } = target;
      const isWhole = from === 0 && to === value.length;
      const isInside = (key === "ArrowLeft" && to > 0) || (key === "ArrowRight" && from < value.length);
      if (!far && isInside && !isWhole) return;
      if (event.shiftKey && key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation(); // Ctrl+Enter sends other forms
      const [row, column] = key === "Enter" && event.shiftKey ? [cell.row - 1, cell.column] : moves[key](cell.row, cell.column, far);
      go(row, column);
    });

    /* ---------- 6 Pasting: rows of figures with tabs between, from the cell on ---------- */
    table.addEventListener("paste", (event) => {
      const cell = cells.get(event.target.name);
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (!cell || !/[\t\n]/.test(text.replace(/[\r\n]+$/, ""))) return; // a single figure is pasted as in any field
      event.preventDefault();
      let outside = 0;
      let locked = 0;
      const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
      lines.forEach((line, down) => line.forEach((pasted, right) => {
        const input = rows[cell.row + down]?.[cell.column + right];
        const value = pasted.trim().slice(0, 40);
        if (!input) outside += value ? 1 : 0;
        else if (input.readOnly) locked += value !== input.value ? 1 : 0;
        else {
          input.value = value;
          take(input.name, value);
        }
      }));
      addUp(rows.keys(), heads.keys());
      entered = event.target.value;
      event.target.select();
      remark = [[outside, words.overflow], [locked, words.locked]].filter(([count]) => count).map(([count, words_]) => words_.replace("{count}", count)).join(" ");
      if (remark) say(remark);
      keep();
      showNotes();
      show();
      sendSoon(0);
    });

    /* ---------- 7 Coming and going ---------- */
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      remark = "";
      sendSoon(0);
    });

    // What was typed and not saved when the page went, is here again; also what stands in the form after a fault.
    const kept = new Map(JSON.parse(sessionStorage.getItem(store) ?? "[]"));
    for (const [name, { input }] of cells) {
      if (!kept.has(name) && !input.readOnly && input.defaultValue.trim() !== textOf(seenIn(name))) take(name, input.defaultValue);
      else if (!kept.has(name)) input.value = textOf(seenIn(name)); // not what the browser remembers of the form
    }
    for (const [name, { text, seen: before, lost: sent }] of kept) {
      const input = cells.get(name)?.input;
      if (input && figureOf(name, text) === seenIn(name)[0] && (text.trim() === "" || figureOf(name, text) !== null)) continue;
      if (input) input.value = text;
      pending.set(name, { text, seen: before, lost: sent });
      mark(name);
    }
    addUp(rows.keys(), heads.keys());
    keep();
    if (pending.size) sendSoon(0);
    show();

    return {
      form,
      hasUnsaved: () => pending.size > 0 && !isGoing,
      sendNow: () => { tries = 0; send(); },
    };
  };

  let grid = null;
  const begin = () => {
    const form = byId("grid");
    if (!form) grid = null;
    else if (grid?.form !== form) grid = setUp(form);
  };
  begin();
  document.addEventListener("htmx:afterSettle", begin);
  window.addEventListener("online", () => grid?.sendNow());
  window.addEventListener("focus", () => grid?.sendNow());
  document.addEventListener("visibilitychange", () => grid?.sendNow());
  window.addEventListener("beforeunload", (event) => { if (grid?.hasUnsaved()) event.preventDefault(); });
})();
