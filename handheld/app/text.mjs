// The page's sentences, in the language of the device until a button says otherwise.
import { signal } from "@preact/signals";

const KEY = "language";
const catalogues = { zh: {}, en: {} };

export const language = signal(first());

function first() {
  const chosen = localStorage.getItem(KEY);
  if (chosen in catalogues) return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export async function loadTexts() {
  const load = async (name) => (await fetch(`./texts/${name}.json`)).json();
  await Promise.all(Object.keys(catalogues).map(async (name) => (catalogues[name] = await load(name))));
  language.subscribe((name) => {
    document.documentElement.lang = name === "zh" ? "zh-CN" : "en";
    document.title = t("app.name");
  });
}

export function switchLanguage() {
  language.value = language.value === "zh" ? "en" : "zh";
  localStorage.setItem(KEY, language.value);
}

export function t(key, values = {}) {
  const template = catalogues[language.value][key] ?? key;
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// A text of the line, which comes in every language.
export const pick = (text) => (text ? text[language.value] : "");
