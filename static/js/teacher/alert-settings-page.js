import { AlertSettings } from "./alert-settings.js";

const presets = JSON.parse(document.getElementById("preset-fields").textContent);
new AlertSettings(document.querySelector("[data-alert-settings]"), presets);
