// The limits that the reader sets: they stay in view as long as they are set.

import { titles } from "./choosing.js";
import { $, $$, make } from "./dom.js";

const form = $("#asking");
const DAYS = ["from", "to", "as_of"];
const NAMES = ["outlets", "languages"];
const boxes = (name) => $$(`#limits [name=${name}]`);
let articles = []; // to be asked alone, by their ids
let kept = {}; // what a question's address says besides, such as words that are not to be read

export const limits = () => {
  const set = { ...kept };
  for (const name of DAYS) if (form.elements[name].value) set[name] = form.elements[name].value;
  for (const name of NAMES) {
    const ticked = boxes(name).filter((box) => box.checked);
    if (ticked.length) set[name] = ticked.map((box) => box.value);
  }
  if (articles.length) set.articles = articles;
  if (!form.elements.parse_query.checked) set.parse_query = false;
  return set;
};

export const setLimits = ({ question, ignored, after, ...set }) => {
  for (const name of DAYS) form.elements[name].value = set[name] || "";
  for (const name of NAMES) for (const box of boxes(name)) box.checked = (set[name] || []).includes(box.value);
  articles = set.articles || [];
  kept = set.authors ? { authors: set.authors } : {};
  form.elements.parse_query.checked = set.parse_query !== false;
  show();
};

const dayInWords = (day) => {
  const options = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Date(day).toLocaleDateString("en-GB", options);
};
const inWords = {
  from: (day) => `from ${dayInWords(day)}`,
  to: (day) => `to ${dayInWords(day)}`,
  as_of: (day) => `as of ${dayInWords(day)}`,
  outlets: (names) => names.join(", "),
  authors: (names) => `by ${names.join(", ")}`,
  languages: (codes) => codes.map((code) => boxes("languages").find((box) => box.value === code)?.parentElement.innerText.trim() || code).join(", "),
  articles: (ids) => {
    const title = titles()[ids[0]];
    if (ids.length === 1) return title ? `“${title}”` : "1 chosen article";
    return title ? `“${title}” and ${ids.length - 1} more` : `${ids.length} chosen articles`;
  },
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
  $("#start .questions")?.toggleAttribute("hidden", articles.length > 0); // they are made of all articles
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
  for (const name of ["outlets", "authors", "languages", "articles", "ignored", "after"]) {
    if (query.has(name)) ask[name] = query.getAll(name);
  }
  if (query.get("parse_query") === "false") ask.parse_query = false;
  return ask;
};
