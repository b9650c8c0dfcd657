// What a reader does, and what follows.

import { ask, box, entryOf, fill, fit, showConversation, startAnew, stop } from "./asking.js";
import { back, closeArticle, hideCard, openArticle, openSource, pin, showCard } from "./citations.js";
import { all, conversation, forget, last, list, rename, use } from "./conversations.js";
import { $, $$, complain, problem, root, rove, toast } from "./dom.js";
import { asQuery, clear, fromQuery, halfTyped, limits, openLimits, setLimits, show } from "./limits.js";

const form = $("#asking");
const wide = matchMedia("(min-width: 1800px)");

// ---- what an answer offers ----

const copy = async (text, said) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https a page has no other clipboard.
    const area = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(said);
};

const asked = (turn) => entryOf(turn)?.ask || { question: $("h2", turn).textContent };
let changing; // a turn whose question is asked anew when it is sent, and the words that are not to be read in it
const doing = {
  copy: (turn) => copy($("template.plain", turn).content.textContent, "Copied, with its sources."),
  share: (turn) => copy(new URL(`${root}/a/${turn.dataset.id}`, location).href, "The link is copied."),
  print: () => print(),
  close: closeArticle,
  again: (turn) => ask(asked(turn), turn),
  edit: (turn) => {
    setLimits(asked(turn));
    fill(asked(turn).question);
    box.focus();
  },
  feedback: (turn, button) => {
    const sheet = $(".feedback", turn);
    sheet.hidden = !sheet.hidden;
    button.setAttribute("aria-expanded", !sheet.hidden);
    if (!sheet.hidden) $("input", sheet).focus();
  },
  // A part of what was understood is taken away, and the question asked again.
  without: (turn, { href }) => {
    if (!form) return location.assign(href);
    const question = fromQuery(new URL(href).searchParams);
    setLimits(question);
    return ask(question, turn);
  },
  // Days that were read are put where days are set, to be changed there.
  change: (turn, { dataset: { from, to, without } }) => {
    const question = fromQuery(new URL(without, location).searchParams);
    setLimits({ ...question, from, to });
    changing = { turn: turn.id, ignored: question.ignored };
    fill(question.question);
    openLimits(true);
    form.elements.from.focus();
  },
};

const send = () => {
  const half = halfTyped();
  if (half) {
    openLimits(true);
    return half.reportValidity();
  }
  const question = { question: box.value, ...limits() };
  const turn = changing && document.getElementById(changing.turn);
  if (changing?.ignored) question.ignored = changing.ignored;
  changing = null;
  fill("");
  ask(question, turn);
};

const sendFeedback = async (sheet) => {
  const turn = sheet.closest(".turn");
  const { marker, ...said } = Object.fromEntries(new FormData(sheet));
  if (marker) said.marker = Number(marker);
  try {
    const response = await fetch(`${root}/a/${turn.dataset.id}/feedback`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(said),
    });
    if (!response.ok) throw new Error(await problem(response));
    doing.feedback(turn, $("[data-do=feedback]", turn));
    $("[data-do=feedback]", turn).focus();
    toast("Thank you, it is kept.");
  } catch (error) {
    complain(`The feedback could not be kept: ${error.message}.`);
  }
};

// ---- conversations ----

const openHistory = (open) => {
  document.body.classList.toggle("listing", open);
  $("#show-history").setAttribute("aria-expanded", open);
  $(open ? "#history-h" : "#show-history").focus();
};
const listed = {
  show: (item, one) => {
    if (!wide.matches) openHistory(false);
    const address = one.turns.length ? `${root}/?${asQuery(one.turns.at(-1).ask)}` : `${root}/`;
    use(one);
    if (!form) return location.assign(address);
    history.pushState({}, "", address);
    return showConversation(one);
  },
  rename,
  forget,
};

// ---- events ----

const CLICKS = {
  "a.marker": pin,
  "a.back": back,
  ".turn .plot a[href^='#']": openSource,
  "[data-article]": openArticle,
  "[data-do]": (target) => doing[target.dataset.do](target.closest(".turn"), target),
  "[data-list]": (target) => {
    const item = target.closest("li");
    const one = all().find((entry) => entry.id === item.dataset.id);
    if (one) listed[target.dataset.list](item, one);
    else list(); // another tab deleted it
  },
  "[data-clear]": (target) => {
    clear(target.dataset.clear);
    box.focus();
  },
  "#show-limits": () => openLimits($("#limits").hidden),
  "#clear-limits": () => setLimits({}),
  "#hide-history": () => openHistory(false),
  "#show-history": () => openHistory(!document.body.classList.contains("listing")),
  "body:has(#asking) #new": startAnew,
  "#back": () => closeArticle() || back(),
  "#stop": stop,
  "body:has(#asking) .questions a": (target) => ask(fromQuery(new URL(target.href).searchParams)),
};

document.addEventListener("click", (event) => {
  const target = event.target.closest("a, button, summary");
  for (const menu of $$(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const found = Object.keys(CLICKS).find((selector) => target?.matches(selector));
  if (!found || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  CLICKS[found](target);
});

document.addEventListener("pointerover", ({ target }) => {
  const marker = target.closest("a.marker");
  if (marker) showCard(marker);
  else if (!target.closest("#card")) hideCard();
});
document.addEventListener("focusin", ({ target }) => {
  if (target.matches("a.marker:focus-visible")) showCard(target);
  else hideCard();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = $(".menu[open]");
    if (menu) {
      menu.open = false;
      $("summary", menu).focus();
    } else if (hideCard() || closeArticle()) return;
    else if (document.body.classList.contains("listing")) openHistory(false);
    else if ($(".pinned")) back();
  } else if (event.key === "/" && box && !event.target.matches("input, textarea, select") && !event.ctrlKey) {
    event.preventDefault();
    box.focus();
  } else if (event.target === box && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.target === box && event.key === "ArrowUp" && !box.value && conversation().turns.length) {
    event.preventDefault();
    fill(conversation().turns.at(-1).ask.question);
  }
});

document.addEventListener("submit", (event) => {
  if (event.target !== form && !event.target.matches(".feedback")) return;
  event.preventDefault();
  if (event.target === form) send();
  else sendFeedback(event.target);
});
box?.addEventListener("input", fit);
form?.addEventListener("change", show);
addEventListener("popstate", () => closeArticle() || location.reload());

// ---- the beginning ----

list();
rove(document);
if (document.body.classList.contains("waiting")) {
  // There is no index yet; the page goes on when there is one.
  setInterval(async () => {
    const ready = await fetch(`${root}/readyz`).catch(() => ({}));
    if (ready.ok) location.reload();
  }, 3000);
}
if (form && !document.body.classList.contains("kept")) {
  const question = fromQuery(new URLSearchParams(location.search));
  const before = last();
  setLimits(question);
  if (question.question) {
    // A page that is loaded again shows the conversation that it showed.
    if (before?.turns.some((one) => `${asQuery(one.ask)}` === `${asQuery(question)}`)) showConversation(before);
    else ask(question);
  }
}
