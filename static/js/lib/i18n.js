// Texts in the page's language, from the catalogue that /jsi18n/ serves. If that fails to load, texts stay English.
const catalogue = globalThis.django ?? {};

// English pages write dates and times the British way, not the American way.
const { lang } = document.documentElement;
export const LOCALE = lang === "en" || !lang ? "en-GB" : lang;

export const gettext = (text) => catalogue.gettext?.(text) ?? text;

export const ngettext = (one, many, count) => catalogue.ngettext?.(one, many, count) ?? (count === 1 ? one : many);

// The context tells translators what a short text means.
export const pgettext = (context, text) => catalogue.pgettext?.(context, text) ?? text;

// Replaces the placeholders %(name)s with values.
export function interpolate(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

const numbers = new Intl.NumberFormat(LOCALE);

export const number = (value) => numbers.format(value);
