"use strict";
// Searches by name or id. The submissions are in a file of their own, which is loaded when somebody begins.
const field = document.getElementById("find");
const told = document.getElementById("told");
const list = document.getElementById("found");
const most = 50;
let known = null;
// Accents and capitals do not matter.
const plain = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();
// The file calls this.
function submissions(groups) {
  known = groups.flatMap(([group, rows]) =>
    rows.map(([who, points, link]) => ({ who, link, about: `${group}, ${points}`, text: plain(who) })));
  show();
}
function load() {
  if (known) return;
  known = [];
  const script = document.createElement("script");
  script.src = field.dataset.from;
  script.onerror = () => { told.textContent = told.dataset.missing; };
  document.head.append(script);
}
function show() {
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  const found = words.length ? known.filter(({ text }) => words.every((word) => text.includes(word))) : [];
  list.replaceChildren(...found.slice(0, most).map(({ who, link, about }) => {
    const row = document.createElement("li"), to = document.createElement("a"), more = document.createElement("span");
    to.href = link;
    to.textContent = who;
    more.className = "quiet";
    more.textContent = ` ${about}`;
    row.append(to, more);
    return row;
  }));
  const said = found.length > most ? told.dataset.more : told.dataset.found;
  told.textContent = words.length && known.length ? said.replace("{count}", found.length) : "";
}
field.addEventListener("focus", load, { once: true });
field.addEventListener("input", () => { load(); show(); });
document.getElementById("search").hidden = false;
// Where somebody comes back, the browser has kept what was typed.
if (field.value) load();
