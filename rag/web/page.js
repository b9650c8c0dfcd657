// Leads from a marker to its paragraph and back, and corrects gradio's markup where it is hard to read or to use.
"use strict";

(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const behavior = () => (calm.matches ? "auto" : "smooth");

  // Ids are only ever written by rendering.py; what does not look like one is left alone.
  const target = (link) => {
    const id = (link.getAttribute("href") || "").split("#")[1] || "";
    return /^a\d+(-c\d+)?$/.test(id) ? document.getElementById(id) : null;
  };

  const outline = (element) => {
    for (const old of document.querySelectorAll("#sources .shown, #conversation .shown")) old.classList.remove("shown");
    element.classList.add("shown");
  };

  const unfold = (details) => {
    for (const other of document.querySelectorAll("#sources details[name=sources]")) other.open = other === details;
  };

  const show = (element) => {
    unfold(element.closest("details"));
    const cited = element.querySelector(".cited mark") || element;
    if (element.matches("details")) element.querySelector("summary").focus({ preventScroll: true });
    else {
      outline(element);
      element.focus({ preventScroll: true });
    }
    // A long paragraph may be taller than the screen: what matters is the sentence.
    const fits = element.offsetHeight < innerHeight * 0.8;
    (fits ? element : cited).scrollIntoView({ behavior: behavior(), block: fits ? "start" : "center" });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.marker, a.nearest, a.back");
    if (!link) return;
    event.preventDefault();
    if (link.matches(".back")) {
      const marker = document.querySelector(`#conversation a.marker[href$="${link.getAttribute("href")}"]`);
      if (!marker) return;
      marker.scrollIntoView({ behavior: behavior(), block: "center" });
      marker.focus({ preventScroll: true });
      return;
    }
    const element = target(link);
    if (element) show(element);
  });

  // Gradio renders these anew again and again.
  let asked = 0;
  let waited = false;
  const adjust = () => {
    for (const field of document.querySelectorAll("#from input, #to input")) {
      if (field.type !== "date") field.type = "date";
    }
    // Its label has the button's word in it, too.
    for (const box of document.querySelectorAll("#question textarea:not([aria-label])")) {
      box.setAttribute("aria-label", "Question");
    }
    // Gradio labels each message with its raw HTML; without the label, its text is read.
    for (const marker of document.querySelectorAll("#conversation a.marker:not([aria-label])")) {
      marker.setAttribute("aria-label", marker.title);
    }
    for (const message of document.querySelectorAll("#conversation [data-testid][aria-label]")) {
      message.removeAttribute("aria-label");
    }
    for (const fold of document.querySelectorAll("#limits .label-wrap")) {
      fold.setAttribute("aria-expanded", fold.classList.contains("open"));
    }
    const questions = document.querySelectorAll("#conversation .asked");
    const waiting = document.querySelector("#conversation .waiting") !== null;
    // Again when the answer begins: only then is there enough below the question for it to reach the top.
    if (questions.length > asked || (waited && !waiting && questions.length)) {
      questions[questions.length - 1].scrollIntoView({ behavior: behavior(), block: "start" });
    }
    asked = questions.length;
    waited = waiting;
  };
  document.addEventListener("click", () => setTimeout(adjust));
  new MutationObserver(adjust).observe(document.documentElement, { childList: true, subtree: true });
  adjust();
})();
