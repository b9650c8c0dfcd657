// What all parts of the page need of the document. All HTML comes from this server, escaped.

export const root = document.body.dataset.root;
export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
export const smooth = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");
export const random = () =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(36).padStart(2, "0")).join("");

export const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

export const fragment = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
};

// Changes what differs and leaves the rest alone, so that focus, selection and what is unfolded stay as a text grows.
export const become = (old, wanted) => {
  if (old.isEqualNode(wanted)) return;
  const words = !wanted.firstElementChild && old.textContent !== wanted.textContent;
  if (old.nodeType !== 1 || old.tagName !== wanted.tagName || words) {
    old.replaceWith(wanted);
    return;
  }
  const pinned = old.classList.contains("pinned");
  for (const { name, value } of [...wanted.attributes]) old.setAttribute(name, value);
  old.classList.toggle("pinned", pinned);
  const next = [...wanted.childNodes];
  const now = [...old.childNodes];
  next.forEach((node, at) => (now[at] ? become(now[at], node) : old.append(node)));
  now.slice(next.length).forEach((node) => node.remove());
};

// What is one thing to a reader is one stop of the Tab key; the arrows move within.
const items = (bar) => $$("a, button, summary", bar).filter((item) => !item.closest(".menu ul"));
export const rove = (within) => {
  for (const bar of $$("[role=toolbar]", within)) items(bar).forEach((item, at) => (item.tabIndex = at ? -1 : 0));
};
document.addEventListener("keydown", (event) => {
  const bar = event.target.closest?.("[role=toolbar]");
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const all = bar && step ? items(bar) : [];
  if (!all.includes(event.target)) return;
  const to = all[(all.indexOf(event.target) + step + all.length) % all.length];
  for (const item of all) item.tabIndex = item === to ? 0 : -1;
  to.focus();
  event.preventDefault();
});

// ---- what is said to the reader ----

export const notice = (html) => $("#notice")?.replaceChildren(...fragment(html).childNodes);
export const complain = (text) => {
  const said = make("p", { className: "notice", textContent: text });
  said.setAttribute("role", "alert");
  $("#notice").replaceChildren(said);
};
export const announce = (text) => ($("#announced").textContent = text);

let fading;
export const toast = (text, undo) => {
  clearTimeout(fading);
  const said = $("#toast");
  said.replaceChildren(text);
  if (undo) {
    const button = make("button", { type: "button", textContent: "Undo" });
    button.addEventListener("click", () => {
      said.replaceChildren();
      undo();
    });
    said.append(" ", button);
  }
  fading = setTimeout(() => said.replaceChildren(), undo ? UNDO : 5000);
};
export const UNDO = 20000;

// What a server says went wrong: problem details (RFC 9457), or gradio's own.
export const problem = async (response) => {
  try {
    const said = await response.json();
    const text = [said.detail, said.error?.message, said.error, said.title].find((one) => typeof one === "string") || "";
    return text.charAt(0).toUpperCase() + text.slice(1);
  } catch {
    return `The server answers with ${response.status}`;
  }
};
