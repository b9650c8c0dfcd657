// Articles that are ticked in the list, on any of its pages, until they are asked.

import { $, $$, root } from "./dom.js";

const KEY = "news-rag chosen"; // {id: title}
export const titles = () => JSON.parse(sessionStorage.getItem(KEY) || "{}");
const keep = (chosen) => sessionStorage.setItem(KEY, JSON.stringify(chosen));

const form = $("form.choosing");
const tell = () => {
  const count = Object.keys(titles()).length;
  $(".choose button").disabled = !count;
  $(".choose span").textContent = count
    ? `${count} chosen, on all pages of the list.`
    : "Choose articles, and questions are answered from them alone.";
};

if (form) {
  for (const box of $$("[name=articles]", form)) box.checked = box.value in titles();
  form.addEventListener("change", ({ target }) => {
    const { [target.value]: _, ...chosen } = titles();
    if (target.checked) chosen[target.value] = target.closest("li").querySelector("h3").innerText;
    keep(chosen);
    tell();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = titles();
    for (const box of $$("[name=articles]", form)) box.checked = false;
    location.assign(`${root}/?${new URLSearchParams(Object.keys(chosen).map((id) => ["articles", id]))}`);
  });
  tell();
}
