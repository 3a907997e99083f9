// Behaviour of every page: the theme toggle, menus, copy buttons, dialogs, local times and refused forms.
import { remember } from "./storage.js";
import { COPIED } from "./texts.js";
import { localiseTimes } from "./time.js";

const root = document.documentElement;

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function announceTheme() {
  document.dispatchEvent(new CustomEvent("attune:theme"));
}

function toggleTheme() {
  root.dataset.theme = isDark() ? "light" : "dark";
  remember("attune-theme", root.dataset.theme);
  announceTheme();
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.querySelector("[data-copy-label]");
  const before = label.textContent;
  if (before === COPIED) return;
  const announcement = document.querySelector("[data-page-announcement]");
  label.textContent = announcement.textContent = COPIED;
  setTimeout(() => {
    label.textContent = before;
    announcement.textContent = "";
  }, 1600);
}

function closeMenus(isLeft) {
  for (const menu of document.querySelectorAll("[data-menu][open]")) if (isLeft(menu)) menu.open = false;
}

document.addEventListener("click", (event) => {
  closeMenus((menu) => !menu.contains(event.target));
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog).showModal();
  const closer = event.target.closest("[data-close-dialog]");
  if (closer) closer.closest("dialog").close();
  const copyButton = event.target.closest("[data-copy]");
  if (copyButton) copy(copyButton);
});
// An open menu would cover what the Tab key leads to. A click on a menu's text focuses an element around it.
document.addEventListener("focusin", ({ target }) => {
  closeMenus((menu) => !menu.contains(target) && !target.contains(menu));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("[data-menu][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.querySelector("[data-theme-toggle]")?.addEventListener("click", toggleTheme);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", announceTheme);
// Browsers offer the clipboard only in secure contexts.
if (!navigator.clipboard) for (const button of document.querySelectorAll("[data-copy]")) button.hidden = true;
localiseTimes();
// After a refused form, whose error a screen reader would not find otherwise.
document.querySelector("main :is([data-errors], [aria-invalid=true])")?.focus();
