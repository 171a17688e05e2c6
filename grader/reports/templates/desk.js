"use strict";
// Single keys follow a link, press a button or go to a field. They can be turned off, and Escape leaves a field.
const keys = document.getElementById("keys");
keys.checked = localStorage.getItem("keys") !== "off";
keys.addEventListener("change", () => localStorage.setItem("keys", keys.checked ? "on" : "off"));
document.addEventListener("keydown", (event) => {
  const isField = event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  if (isField && event.key === "Escape") event.target.blur();
  if (isField || !keys.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (!target) return;
  event.preventDefault();
  if (target.matches("a, button")) target.click();
  else target.focus();
});
