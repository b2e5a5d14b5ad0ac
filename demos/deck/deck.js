// The window title says what the deck shows: "slide 2/5" or "slide 2/5 black". Programs that watch the deck read
// it there. Nothing is said until the page has heard a key, any key: a window that is painted and has the focus may
// still lose the first one.
let state = "";
let heard = false;
document.addEventListener("keyup", () => (heard = true));
function report(slide, slides, black) {
  state = `slide ${slide}/${slides}${black ? " black" : ""}`;
  tellWhenHeard();
}
function tellWhenHeard() {
  if (heard) document.title = state;
  else setTimeout(tellWhenHeard, 50);
}

// reveal.js has been fetched: a presentation as everybody knows it.
function startReveal() {
  const tell = () => report(Reveal.getIndices().h + 1, Reveal.getTotalSlides(), Reveal.isPaused());
  for (const change of ["ready", "slidechanged", "paused", "resumed"]) Reveal.on(change, tell);
  Reveal.initialize({ transition: "fade", transitionSpeed: "fast", hash: false });
}

// It has not: the same keys, without the polish.
function startPlain() {
  const deck = document.querySelector(".reveal");
  const sections = [...deck.querySelectorAll("section")];
  let shown = 0;
  let black = false;
  const show = () => {
    deck.classList.add("plain");
    deck.classList.toggle("paused", black);
    sections.forEach((section, index) => section.classList.toggle("present", index === shown));
    report(shown + 1, sections.length, black);
  };
  document.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key] ?? 0;
    if (event.key === "b") black = !black;
    else if (!black) shown = Math.min(Math.max(shown + step, 0), sections.length - 1);
    show();
  });
  show();
}

if (window.Reveal) startReveal();
else startPlain();
