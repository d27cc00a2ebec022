// Everything here improves pages that work without it: acts in place, the why drawer, keys,
// seconds of attention, more posts on request, live figures.
const root = document.documentElement;
root.classList.add("js");
const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const csrf = () => one('meta[name="csrf"]').content;
const make = (tag, attributes = {}, ...inside) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
};
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// ---- saying what was done
let toast, toastTimer;
function say(text, undo) {
  toast?.remove();
  toast = make("div", { class: "toast", role: "status" }, make("span", {}, text));
  if (undo) {
    const button = make("button", { type: "button" }, "Undo");
    button.addEventListener("click", () => act(undo));
    toast.append(button);
  }
  document.body.append(toast);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => toast?.remove(), 9000);
}

// ---- asking the square: slowness is said, and silence too
const SLOW_MS = 1500;
async function ask(...request) {
  let told;
  const slow = setTimeout(() => {
    say("This takes longer than usual. Nothing is lost; please wait.");
    told = toast;
  }, SLOW_MS);
  try {
    return await fetch(...request);
  } catch {
    return null;
  } finally {
    clearTimeout(slow);
    told?.remove();
  }
}
const UNHEARD = "The square does not answer. Nothing was changed; try again in a moment.";

// ---- acts
async function act(fields) {
  const body = new URLSearchParams({ ...fields, csrf: csrf() });
  const answer = await ask("/acts", { method: "POST", body, headers: { accept: "application/json" } });
  const done = (await answer?.json().catch(() => null)) ?? {};
  if (!answer?.ok) {
    say(answer ? done.message || "That did not work. Nothing was changed." : UNHEARD);
    return null;
  }
  show(fields.post, done);
  say(done.said, done.undo && Object.fromEntries(done.undo));
  return done;
}
const uriOf = (card) => one('input[name="post"]', card)?.value;
const cardOf = (uri) => all(".card").filter((card) => uriOf(card) === uri);
function show(uri, done) {
  for (const card of cardOf(uri)) {
    for (const kind of ["like", "glad", "regret"]) {
      const button = one(`.acts > button[value="${kind}"]`, card);
      if (!button) continue;
      const on = done.mine.includes(kind);
      button.setAttribute("aria-pressed", on);
      if (kind === "like") one(".lbl", button).textContent = on ? "Liked" : "Like";
    }
    if (done.mine.some((kind) => ["glad", "regret", "no_opinion"].includes(kind))) one(".ask", card)?.remove();
    if (done.leaves) leave(card);
    else if (card.dataset.left !== undefined) comeBack(card);
  }
}
function leave(card) {
  const next = card.nextElementSibling;
  card.dataset.left = "";
  card.classList.add("leaving");
  setTimeout(() => { card.hidden = true; }, still() ? 0 : 220);
  if (card.contains(document.activeElement)) next?.focus({ preventScroll: true });
}
function comeBack(card) {
  delete card.dataset.left;
  card.hidden = false;
  requestAnimationFrame(() => card.classList.remove("leaving"));
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (button?.hasAttribute("formaction")) return; // leads to a page of its own
  if (form.matches("form[data-ask]")) { event.preventDefault(); answerInPlace(form); return; }
  if (form.matches(".card form[action='/acts'], dialog form[action='/acts']") && button) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form, button));
    delete fields.csrf;
    if (button.getAttribute("aria-pressed") === "true") Object.assign(fields, { kind: "undo", undoes: button.value });
    const again = button.value === "undo" && form.closest(".card"); // a post set aside comes back whole
    closeMenu();
    act(fields).then((done) => {
      if (done && form.closest("dialog")) refreshDrawer();
      if (done && again) location.reload();
    });
  } else if (form.matches("form[data-quiet]") && button?.dataset.plain === undefined) {
    event.preventDefault();
    quiet(form);
  }
});
// One request at a time, so that the last position of a slider is the one that stays; what is
// still unsent when the reader leaves goes with the page.
const unsent = new Set();
const formBody = (form) => new URLSearchParams(new FormData(form));
async function quiet(form) {
  unsent.add(form);
  if (form.sending) return;
  form.sending = true;
  while (unsent.delete(form)) {
    const answer = await ask(form.action, {
      method: "POST", body: formBody(form), keepalive: true, headers: { accept: "application/json" },
    });
    const done = (await answer?.json().catch(() => null)) ?? {};
    say(answer ? done.said || done.message || "That did not work. Nothing was changed." : UNHEARD);
  }
  form.sending = false;
}
addEventListener("pagehide", () => {
  for (const form of unsent) navigator.sendBeacon(form.action, formBody(form));
  unsent.clear();
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-quiet]");
  if (form && event.target.matches("input[type=range]")) form.requestSubmit();
});
document.addEventListener("input", (event) => {
  if (!event.target.matches("input[type=range]")) return;
  const shown = one(`output[for="${event.target.id}"]`);
  if (shown) shown.textContent = `${Number(event.target.value).toFixed(1)}×`;
});

// ---- the menu of a card
let menu;
function closeMenu() { menu?.remove(); menu = null; }
function openMenu(link) {
  const template = one("#more-menu");
  const form = link.closest("form");
  if (!template || !form) return false;
  const again = menu && form.contains(menu);
  closeMenu();
  if (again) return true;
  menu = make("div", { class: "menu-list" }, template.content.cloneNode(true));
  const holder = make("span", { class: "menu" });
  link.replaceWith(holder);
  holder.append(link, menu);
  if (menu.getBoundingClientRect().bottom > innerHeight - 72) menu.classList.add("up");
  one("button", menu)?.focus();
  return true;
}

// ---- the why drawer
let drawer, drawerHref;
async function openDrawer(href) {
  drawerHref = href;
  const answer = await ask(href + (href.includes("?") ? "&" : "?") + "fragment=1");
  if (!answer) { say(UNHEARD); return; }
  if (!answer.ok) { location.href = href; return; }
  if (!drawer) {
    drawer = make("dialog", { class: "drawer", "aria-label": "Why this post" });
    drawer.addEventListener("click", (event) => { if (event.target === drawer) drawer.close(); });
    document.body.append(drawer);
  }
  drawer.innerHTML = await answer.text(); // our own template, escaped on the server
  const shut = make("button", { class: "button small shut", type: "button" }, "Close");
  shut.addEventListener("click", () => drawer.close());
  drawer.prepend(shut);
  if (!drawer.open) drawer.showModal();
}
const refreshDrawer = () => drawer?.open && openDrawer(drawerHref);

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest("a");
  if (link?.matches(".more") && openMenu(link)) event.preventDefault();
  else if (link?.matches(".why")) { event.preventDefault(); openDrawer(link.getAttribute("href")); }
  else if (link?.matches("[data-next]")) { event.preventDefault(); nextPage(link); }
  else if (event.target.closest("[data-help]")) { event.preventDefault(); help(); }
  else if (menu && !event.target.closest(".menu")) closeMenu();
});

// ---- more posts, only when asked for
async function nextPage(link) {
  const more = link.closest(".more");
  link.setAttribute("aria-busy", "true");
  const answer = await ask(link.href + "&fragment=1");
  if (!answer) { link.removeAttribute("aria-busy"); say(UNHEARD); return; }
  if (!answer.ok) { location.href = link.href; return; }
  const holder = make("div");
  holder.innerHTML = await answer.text();
  const fresh = [...holder.children];
  more.replaceWith(...fresh);
  watch(fresh);
  fresh.find((child) => child.matches(".card"))?.focus({ preventScroll: true });
}

// ---- seconds of attention: what is half on screen while the page is looked at
const IDLE_MS = 60000, LONGEST_S = 300;
const since = new Map(), impressed = new Set();
let pending = [], lastSign = Date.now();
const looking = () => document.visibilityState === "visible" && Date.now() - lastSign < IDLE_MS;
function settle(card) {
  const began = since.get(card);
  if (began === undefined) return;
  since.delete(card);
  const end = Math.min(Date.now(), lastSign + IDLE_MS);
  const seconds = Math.min((end - began) / 1000, LONGEST_S);
  const post = uriOf(card);
  if (!post || seconds < 0.3) return;
  if (!impressed.has(post)) { impressed.add(post); pending.push({ kind: "impression", post, at: began }); }
  pending.push({ kind: "dwell", post, at: began, seconds: Math.round(seconds * 100) / 100 });
}
const inView = new Set();
const eye = "IntersectionObserver" in window && new IntersectionObserver((entries) => {
  for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
    const seen = isIntersecting && (intersectionRatio >= 0.5 || intersectionRect.height > (rootBounds?.height ?? innerHeight) / 2);
    if (seen) { inView.add(target); if (!since.has(target) && looking()) since.set(target, Date.now()); }
    else { inView.delete(target); settle(target); }
  }
}, { threshold: [0, 0.25, 0.5, 0.75, 1] });
function watch(nodes) {
  if (!eye) return;
  for (const node of nodes) if (node.matches?.(".card[data-n]")) eye.observe(node);
}
function flush() {
  for (const card of [...since.keys()]) settle(card);
  if (looking()) for (const card of inView) since.set(card, Date.now());
  if (!pending.length) return;
  const events = pending.splice(0, 200);
  fetch("/acts/seen", {
    method: "POST", keepalive: true, body: JSON.stringify({ events }),
    headers: { "content-type": "application/json", "x-csrf-token": csrf() },
  }).catch(() => {});
}
if (one(".card[data-n]")) {
  watch(all(".card[data-n]"));
  setInterval(flush, 5000);
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", flush);
  for (const sign of ["scroll", "pointermove", "keydown", "touchstart"]) {
    addEventListener(sign, () => {
      const slept = Date.now() - lastSign >= IDLE_MS;
      lastSign = Date.now();
      if (slept) for (const card of inView) since.set(card, Date.now());
    }, { passive: true });
  }
}

// ---- keys
let here = -1;
function step(by) {
  const cards = all(".card[data-n]").filter((card) => !card.hidden);
  if (!cards.length) return;
  const held = cards.indexOf(document.activeElement?.closest?.(".card"));
  here = Math.min(Math.max((held >= 0 ? held : here) + by, 0), cards.length - 1);
  cards[here].focus({ preventScroll: true });
  cards[here].scrollIntoView({ block: "start", behavior: still() ? "auto" : "smooth" });
}
function current() {
  return document.activeElement?.closest?.(".card[data-n]") || all(".card[data-n]").filter((card) => !card.hidden)[here];
}
const press = (kind) => one(`.acts > button[value="${kind}"]`, current() || document.createElement("p"))?.click();
function help() {
  let overlay = one("#help");
  if (!overlay) return;
  if (overlay.open) overlay.close(); else overlay.showModal();
}
document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.target.closest("input:not([type=range]), textarea, select")) return;
  if (event.key === "Escape" && menu) { const link = menu.previousSibling; closeMenu(); link?.focus(); return; }
  if (event.key === "?") { event.preventDefault(); help(); return; }
  if (one("dialog[open]")) return;
  const does = {
    j: () => step(1), k: () => step(-1), l: () => press("like"), g: () => press("glad"), b: () => press("regret"),
    w: () => one(".acts .why", current() || document.createElement("p"))?.click(),
  }[event.key];
  if (does) { event.preventDefault(); does(); }
});

// ---- the square, live
if (one("[data-live]")) {
  const stream = new EventSource("/square/live");
  stream.addEventListener("message", (event) => {
    for (const [name, text] of Object.entries(JSON.parse(event.data))) {
      const place = one(`[data-live="${CSS.escape(name)}"]`);
      if (place && place.textContent !== text) place.textContent = text;
    }
  });
}

// ---- import a file of vectors
one("input[type=file][data-into]")?.addEventListener("change", async (event) => {
  const file = event.target.files[0];
  const into = document.getElementById(event.target.dataset.into);
  if (file && into) into.value = await file.text();
});

// ---- ask: sources first, then checked sentences as they come, at last the whole answer
const VERDICTS = {
  quoted: "❝ quoted", supported: "✓ supported", likely: "≈ likely", attributed: "@ somebody’s word",
  disputed: "≠ disputed", refuted: "✕ refuted", not_found: "? not found",
};
async function answerInPlace(form) {
  const fields = Object.fromEntries(new FormData(form));
  const place = one("#answer");
  const told = make("section", { class: "panel answer", "aria-busy": "true", "aria-live": "polite" });
  const state = make("p", { class: "soft" }, "Looking for sources…");
  told.append(make("h2", { dir: "auto" }, fields.question), state);
  const before = [...place.childNodes];
  place.replaceChildren(told);
  told.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" });
  const failed = (text) => {
    place.replaceChildren(make("p", { class: "problem", role: "alert" }, text), ...before);
  };
  const body = JSON.stringify({
    question: fields.question, mode: fields.mode || "regular",
    only_documents: fields.only_documents === "yes", thread: fields.thread || null,
  });
  let id;
  const does = {
    sources: ({ sources }) => {
      state.textContent = sources.length ? "Checking what they say…" : "Nothing was found about this.";
      const names = make("ul", { class: "found-sources" });
      for (const source of sources.slice(0, 6)) names.append(make("li", {}, make("bdi", {}, source.title || source.author || source.id)));
      state.after(names);
    },
    claim: ({ id: claim, text }) => told.append(make("p", { dir: "auto", "data-claim": claim }, text)),
    verdict: ({ claim_id, verdict }) => one(`[data-claim="${Number(claim_id)}"]`, told)
      ?.append(" ", make("span", { class: "mark-of" }, VERDICTS[verdict] || "")),
  };
  try {
    const answer = await ask("/api/v1/ask", {
      method: "POST", body, headers: { "content-type": "application/json", accept: "text/event-stream", "x-csrf-token": csrf() },
    });
    if (!answer) { failed(UNHEARD); return; }
    if (!answer.ok) { failed((await answer.json().catch(() => ({}))).message || "That question could not be taken."); return; }
    for await (const [name, data, eventId] of eventsOf(answer.body)) {
      id = eventId.slice(0, eventId.lastIndexOf("."));
      if (name === "error") { failed(data.message); return; }
      does[name]?.(data);
    }
    const href = `/ask?answer=${encodeURIComponent(id)}&q=${encodeURIComponent(fields.question.slice(0, 500))}`;
    const whole = await ask(`${href}&fragment=1`);
    if (!whole?.ok) { location.href = href; return; }
    place.innerHTML = await whole.text(); // our own template, escaped on the server
    history.pushState(null, "", href);
    one(".head")?.remove();
    form.isConnected && form.closest(".panel") && !place.contains(form) && form.closest(".panel").remove();
    one("#asked")?.scrollIntoView({ block: "start", behavior: still() ? "auto" : "smooth" });
  } catch {
    failed("The connection broke while the answer was on its way. Ask again.");
  }
}
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    held += value ?? "";
    let end;
    while ((end = held.indexOf("\n\n")) >= 0) {
      const lines = held.slice(0, end).split("\n");
      held = held.slice(end + 2);
      const field = (name) => lines.find((line) => line.startsWith(name + ": "))?.slice(name.length + 2);
      if (field("event")) yield [field("event"), JSON.parse(field("data")), field("id")];
    }
    if (done) return;
  }
}
addEventListener("popstate", () => { if (location.pathname === "/ask") location.reload(); });
