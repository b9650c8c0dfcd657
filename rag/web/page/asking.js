// Asks, and shows the answer as it comes.

import { conversation, fresh, owner, save, use } from "./conversations.js";
import { $, $$, announce, become, complain, fragment, make, notice, problem, root, rove, smooth, toast } from "./dom.js";
import { asQuery, setLimits } from "./limits.js";

const FOLLOWED = 4; // earlier answers that a question can refer to
const STOPPED = "Stopped";
export const box = $("#question");
const turns = $("#turns");
const panel = $("#panel");

export const fit = () => {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, innerHeight / 3)}px`;
};
export const fill = (question) => {
  box.value = question;
  fit();
};

// ---- gradio's protocol: the question goes out, an id comes back, and under it the answer as it grows ----

let stream;
export const stop = () => stream?.end(STOPPED);

const send = async (request, onValue, onEnd) => {
  let source;
  const mine = {
    end: (why) => {
      source?.close();
      if (stream === mine) stream = null;
      mine.end = () => {};
      onEnd(why);
    },
  };
  stream = mine;
  const address = `${root}/gradio_api/call/chat`;
  const body = JSON.stringify({ data: [request] });
  try {
    const response = await fetch(address, { method: "POST", headers: { "content-type": "application/json" }, body });
    if (!response.ok) return mine.end(await problem(response));
    const { event_id } = await response.json();
    if (stream !== mine) return;
    source = new EventSource(`${address}/${event_id}`);
  } catch {
    return mine.end("The server cannot be reached");
  }
  source.addEventListener("generating", (event) => JSON.parse(event.data).forEach(onValue));
  source.addEventListener("complete", () => mine.end(""));
  source.addEventListener("error", ({ data }) =>
    mine.end(data === undefined ? "The server was lost" : "The server could not answer"),
  );
};

// ---- a turn of the conversation ----

const waiting = (entry) => {
  const turn = $("#waiting").content.firstElementChild.cloneNode(true);
  turn.id = entry.key;
  $("h2", turn).textContent = entry.ask.question;
  return turn;
};

const place = (turn, given) => {
  become(turn, fragment(given.turn).firstElementChild);
  const sources = fragment(given.sources).firstElementChild;
  if (!sources) return;
  const old = document.getElementById(sources.id);
  if (old) become(old, sources);
  else panel.append(sources);
};

export const showSources = (key) => {
  for (const one of $$("#panel > section")) one.hidden = one.id !== `${key}-sources`;
  document.body.classList.toggle("answered", turns.children.length > 0);
  $("#start")?.toggleAttribute("hidden", turns.children.length > 0);
};

const nextKey = () => `t${1 + Math.max(0, ...conversation().turns.map((one) => Number(one.key.slice(1))))}`;
export const entryOf = (turn) => conversation().turns.find((one) => one.key === turn.id);

const next = []; // questions that were sent while another was answered
// Asks; the answer takes the place of the turn `instead`, where one is given.
export const ask = (question, instead) => {
  if (!question.question.trim()) return box.focus();
  if (stream) {
    next.push([question, instead]);
    announce("It is asked next.");
    return toast("It is asked next.");
  }
  notice("");
  const { turns: earlier } = conversation();
  const at = instead ? earlier.indexOf(entryOf(instead)) : earlier.length;
  const before = earlier.slice(0, at).map((one) => one.id).filter(Boolean).slice(-FOLLOWED);
  const after = before.length ? before : question.after || [];
  const entry = { key: instead ? instead.id : nextKey(), ask: after.length ? { ...question, after } : question, id: "" };
  const turn = waiting(entry);
  const replaced = instead?.cloneNode(true);
  if (instead) instead.replaceWith(turn);
  else turns.prepend(turn);
  showSources(entry.key);
  scrollTo({ top: 0, behavior: smooth() });
  history.pushState({}, "", `${root}/?${asQuery(entry.ask)}`);
  $("#ask").hidden = true;
  $("#stop").hidden = false;
  let given;
  const end = (why) => {
    conclude(why);
    if (why && why !== STOPPED && !given && next.length) {
      // They would fail as well, and none may be lost.
      fill([box.value, ...next.splice(0).map(([one]) => one.question)].join("\n"));
    } else if (next.length) ask(...next.shift());
  };
  const conclude = (why) => {
    $("#ask").hidden = false;
    $("#stop").hidden = true;
    if (given?.whole) {
      entry.id = given.id;
      earlier[at] = entry;
      conversation().title ||= question.question;
      save();
      document.title = `${question.question} – news-rag`;
      announce($("#" + entry.key).classList.contains("refused") ? "The coverage does not say." : "Answered.");
      return;
    }
    if (!box.value) fill(question.question);
    if (given) {
      const said = why === STOPPED ? "Stopped." : `${why}: this is not the whole answer.`;
      $("#" + entry.key).append(make("p", { className: "note" }, said));
    } else {
      if (replaced) turn.replaceWith(replaced);
      else turn.remove();
      showSources(replaced ? replaced.id : earlier.at(-1)?.key);
      if (why && why !== STOPPED) complain(`${why}. Your question is still in the box.`);
    }
  };
  const show = (value) => {
    if (value.notice) return notice(value.notice);
    given = value;
    place($("#" + entry.key), given);
    rove($("#" + entry.key));
    showSources(entry.key);
  };
  send({ ask: entry.ask, turn: entry.key, owner }, show, end);
};

// ---- a whole conversation ----

const restored = async (entry) => {
  const response = await fetch(`${root}/a/${entry.id}/turn?turn=${entry.key}`);
  if (!response.ok) throw new Error(response.status);
  return response.json();
};

export const showConversation = async (one) => {
  next.length = 0;
  stop();
  use(one);
  turns.replaceChildren(...one.turns.map(waiting).reverse());
  panel.replaceChildren();
  const last = one.turns.at(-1);
  await Promise.all(
    one.turns.map(async (entry) => {
      const turn = document.getElementById(entry.key);
      try {
        place(turn, await restored(entry));
      } catch {
        const again = make("button", { type: "button", textContent: "Ask again" });
        again.dataset.do = "again";
        $(".answer", turn).replaceChildren("This answer is kept no longer. ", again);
      }
    }),
  );
  showSources(last?.key);
  rove(turns);
};

export const startAnew = () => {
  const before = conversation();
  const typed = box.value;
  const where = location.href;
  showConversation(fresh());
  history.pushState({}, "", `${root}/`);
  document.title = "news-rag";
  setLimits({});
  fill("");
  box.focus();
  if (!before.turns.length) return;
  toast("A new conversation.", () => {
    showConversation(before);
    history.pushState({}, "", where);
    fill(typed);
  });
};
