// The limits that the reader sets: they stay in view as long as they are set.

import { $, $$, make } from "./dom.js";

const form = $("#asking");
const FIELDS = ["from", "to", "as_of", "outlets", "languages"];
const fields = () => FIELDS.map((name) => form.elements[name]).filter(Boolean);
let articles = []; // to be asked alone, by their ids
let kept = {}; // what a question's address says besides, such as words that are not to be read

export const limits = () => {
  const set = { ...kept };
  for (const field of fields()) {
    const values = field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value;
    if (values.length) set[field.name] = values;
  }
  if (articles.length) set.articles = articles;
  if (!form.elements.parse_query.checked) set.parse_query = false;
  return set;
};

export const setLimits = ({ question, ignored, ...set }) => {
  for (const field of fields()) {
    const wanted = [set[field.name] || []].flat();
    if (field.multiple) for (const option of field.options) option.selected = wanted.includes(option.value);
    else field.value = wanted[0] || "";
  }
  articles = set.articles || [];
  kept = set.authors ? { authors: set.authors } : {};
  form.elements.parse_query.checked = set.parse_query !== false;
  show();
};

const inWords = {
  from: (day) => `from ${day}`,
  to: (day) => `to ${day}`,
  as_of: (day) => `as of ${day}`,
  outlets: (names) => names.join(", "),
  authors: (names) => `by ${names.join(", ")}`,
  languages: (codes) => codes.map((code) => $(`#limits option[value="${CSS.escape(code)}"]`)?.text || code).join(", "),
  articles: ({ length }) => (length === 1 ? "1 chosen article" : `${length} chosen articles`),
  parse_query: () => "nothing is read in the question",
};
export const show = () => {
  const set = Object.entries(limits()).map(([name, value]) => {
    const button = make("button", { type: "button", className: "chip" }, make("bdi", {}, inWords[name](value)), " ");
    button.append(make("span", { className: "remove" }, "remove"));
    button.dataset.clear = name;
    return make("li", {}, button);
  });
  $("#set").replaceChildren(...set);
  $("#set").hidden = !set.length;
};
export const clear = (name) => {
  if (name === "authors") kept = {};
  const { [name]: _, ...others } = limits();
  setLimits(others);
};

export const openLimits = (open) => {
  $("#limits").hidden = !open;
  $("#show-limits").setAttribute("aria-expanded", open);
};

// A day that is half typed is empty to a browser: it must not be taken for no limit.
export const halfTyped = () => $$("#limits input").find((field) => !field.validity.valid);

// A question with its limits as an address, and back.
export const asQuery = ({ question, ...limits }) => {
  const query = new URLSearchParams(question ? { q: question } : {});
  for (const [name, value] of Object.entries(limits)) for (const one of [value].flat()) query.append(name, one);
  return query;
};
export const fromQuery = (query) => {
  const ask = { question: query.get("q") || "" };
  for (const name of ["from", "to", "as_of"]) if (query.get(name)) ask[name] = query.get(name);
  for (const name of ["outlets", "authors", "languages", "articles", "ignored"]) {
    if (query.has(name)) ask[name] = query.getAll(name);
  }
  if (query.get("parse_query") === "false") ask.parse_query = false;
  return ask;
};
