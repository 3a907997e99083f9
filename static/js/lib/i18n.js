// Texts in the page's language, from the catalogue that /jsi18n/ serves. Where it did not arrive, English stands.
const catalogue = globalThis.django ?? {};

// Dates and times are written as a school writes them; American English is not what an English page means.
const { lang } = document.documentElement;
export const LOCALE = lang === "en" || !lang ? "en-GB" : lang;

export const gettext = (text) => catalogue.gettext?.(text) ?? text;

export const ngettext = (one, many, count) => catalogue.ngettext?.(one, many, count) ?? (count === 1 ? one : many);

// For a text that is too short to be translated without knowing where it stands.
export const pgettext = (context, text) => catalogue.pgettext?.(context, text) ?? text;

// Puts values in the places of a text that are written %(name)s.
export function interpolate(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

const numbers = new Intl.NumberFormat(LOCALE);

export const number = (value) => numbers.format(value);
