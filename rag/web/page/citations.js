// Leads from a mark to its sentence and back, and shows whole articles.

import { showSources } from "./asking.js";
import { $, $$, complain, fragment, make, problem, smooth } from "./dom.js";

const card = $("#card");
const panel = $("#panel");
const targetOf = (link) => document.getElementById(link.getAttribute("href").slice(1));

// ---- a look at the source, beside the mark ----

export const showCard = (marker) => {
  const mark = targetOf(marker);
  if (!mark) return;
  const source = mark.closest(".source");
  const copies = [$(".where", source), $("h3", source), mark.closest("p")].map((one) => one.cloneNode(true));
  for (const other of $$("mark", copies[2])) if (other.id !== mark.id) other.replaceWith(other.textContent);
  for (const copy of copies) {
    for (const link of $$("a", copy)) link.remove();
    for (const one of [copy, ...$$("[id]", copy)]) one.removeAttribute("id");
  }
  card.replaceChildren(...copies);
  card.hidden = false;
  marker.setAttribute("aria-describedby", "card");
  const place = marker.getBoundingClientRect();
  const width = Math.min(420, innerWidth - 24);
  const below = place.bottom + card.offsetHeight + 12 < innerHeight || place.top < card.offsetHeight + 12;
  card.style.width = `${width}px`;
  card.style.left = `${Math.max(12, Math.min(place.left, innerWidth - width - 12))}px`;
  card.style.top = `${below ? place.bottom + 6 : place.top - card.offsetHeight - 6}px`;
  card.scrollTop = $("mark", card).offsetTop - 80;
};
export const hideCard = () => {
  const shown = !card.hidden;
  card.hidden = true;
  for (const one of $$("[aria-describedby=card]")) one.removeAttribute("aria-describedby");
  return shown;
};

// ---- the source itself ----

// Scrolls what lies beside the answer, and not the answer.
const reveal = (element) => {
  const beside = $("#sources");
  const above = element.getBoundingClientRect().top - beside.getBoundingClientRect().top + beside.scrollTop;
  const room = Math.max(16, (beside.clientHeight - element.offsetHeight) / 2);
  beside.scrollTo({ top: above - room, behavior: smooth() });
};

const unpin = () => $$(".pinned").forEach((one) => one.classList.remove("pinned"));

export const pin = (marker) => {
  hideCard();
  closeArticle();
  const mark = targetOf(marker);
  if (!mark) return;
  showSources(marker.closest(".turn").id);
  document.body.classList.add("reading");
  unpin();
  for (const one of [marker, mark]) one.classList.add("pinned");
  mark.focus({ preventScroll: true });
  reveal(mark);
};

// From a mark of a plot to the article that it stands for.
export const openSource = (link) => {
  const heading = targetOf(link);
  if (!heading) return;
  closeArticle();
  showSources(link.closest(".turn").id);
  document.body.classList.add("reading");
  unpin();
  for (const one of [link, heading]) one.classList.add("pinned");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  reveal(heading);
};

export const back = (link) => {
  const marker = link ? targetOf(link) : $(".turn .pinned");
  document.body.classList.remove("reading");
  unpin();
  marker?.focus({ preventScroll: true });
  hideCard(); // what it shows was just read
  marker?.scrollIntoView({ behavior: smooth(), block: "nearest" });
};

// ---- the whole article ----

let opener;
export const openArticle = async (from) => {
  let whole;
  try {
    const response = await fetch(from.dataset.article, { headers: { "x-part": "article" } });
    if (!response.ok) return complain(await problem(response));
    whole = fragment(await response.text());
  } catch {
    return complain("The server cannot be reached.");
  }
  closeArticle();
  opener = from;
  history.pushState({ article: true }, ""); // so that the browser's Back closes it
  const close = make("button", { type: "button", textContent: "Close article" });
  close.dataset.do = "close";
  const section = make("section", { id: "whole" }, close, whole);
  section.setAttribute("aria-label", "Whole article");
  panel.append(section);
  document.body.classList.add("reading", "whole");
  close.focus({ preventScroll: true });
  reveal($("mark", section) || close);
};

export const closeArticle = () => {
  if (!opener) return false;
  if (history.state?.article) history.replaceState({}, "");
  $("#whole").remove();
  document.body.classList.remove("whole");
  if (!$(".pinned")) document.body.classList.remove("reading");
  opener.focus();
  opener = null;
  return true;
};
