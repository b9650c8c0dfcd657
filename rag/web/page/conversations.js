// What this browser keeps: its conversations, and the key by which it may delete the answers in them.

import { $, announce, make, random, root, toast, UNDO } from "./dom.js";

const MOST = 100;
const read = (storage, name, otherwise) => {
  try {
    return JSON.parse(storage.getItem(`news-rag ${name}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
};
const write = (storage, name, value) => {
  try {
    storage.setItem(`news-rag ${name}`, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing, or no more: the page works without.
  }
};

export const owner = read(localStorage, "owner", "") || random();
write(localStorage, "owner", owner);

// A turn is {key: its id on the page, ask: the question with its limits, id: of the kept answer}.
export const fresh = () => ({ id: random(), title: "", turns: [] });
export const all = () => read(localStorage, "conversations", []);
export const last = () => all().find((one) => one.id === read(sessionStorage, "current", ""));

let current = fresh();
export const conversation = () => current;
export const use = (one) => {
  current = one;
  write(sessionStorage, "current", one.id);
  list();
};
const store = (conversations) => {
  write(localStorage, "conversations", conversations.slice(0, MOST));
  list();
};
export const save = () => {
  current.at = Date.now();
  store([current, ...all().filter((one) => one.id !== current.id)]);
  write(sessionStorage, "current", current.id);
};

// A conversation is found by its name, and by every question in it.
const isSought = (one) => {
  const said = [one.title, ...one.turns.map((turn) => turn.ask.question)].join("\n").toLowerCase();
  return said.includes($("#find").value.trim().toLowerCase());
};

export const list = () => {
  const entries = all().filter(isSought).map((one) => {
    const button = (textContent, what, named) => {
      const made = make("button", { type: "button", textContent });
      made.dataset.list = what;
      if (named) made.setAttribute("aria-label", `${textContent} ${one.title}`);
      return made;
    };
    const title = button(one.title, "show");
    title.dir = "auto";
    if (one.id === current.id) title.setAttribute("aria-current", "true");
    const day = one.at ? `${new Date(one.at).toLocaleDateString()} · ` : "";
    const size = `${one.turns.length} question${one.turns.length === 1 ? "" : "s"}`;
    const said = make("span", { className: "note" }, day + size);
    const item = make("li", {}, title, said, button("Rename", "rename", true), button("Delete", "forget", true));
    item.dataset.id = one.id;
    return item;
  });
  $("#history ul").replaceChildren(...(entries.length ? entries : [make("li", { className: "note" }, "None.")]));
};

$("#find").addEventListener("input", list);

export const rename = (item, one) => {
  const field = make("input", { value: one.title, maxLength: 200 });
  field.setAttribute("aria-label", "Name of the conversation");
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault(); // else Enter would press the button that gets the focus
    const title = event.key === "Enter" && field.value.trim();
    if (title) {
      if (one.id === current.id) current.title = title;
      store(all().map((other) => (other.id === one.id ? { ...other, title } : other)));
    } else list();
    $(`#history [data-id="${one.id}"] button`)?.focus();
  });
  item.replaceChildren(field);
  field.focus();
  field.select();
};

// The answers on the server go when it cannot be undone any more.
export const forget = (item, one) => {
  store(all().filter((other) => other.id !== one.id));
  $("#history-h").focus();
  const gone = setTimeout(() => {
    for (const { id } of one.turns) if (id) fetch(`${root}/a/${id}`, { method: "DELETE", headers: { "x-owner": owner } });
  }, UNDO);
  announce("The conversation is deleted.");
  toast("The conversation is deleted.", () => {
    clearTimeout(gone);
    store([one, ...all()]);
  });
};
