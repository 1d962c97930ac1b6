/* Texts in the company's language. The English text is the key; `{name}` in it stands for a value.
   A page in another language loads its words before this is read; English needs none. */

const said = globalThis.batchlyWords ?? {};
const BRACES = /\{(\w+)\}/g;

function filled(text, values) {
  return text.replace(BRACES, (whole, name) => (name in values ? values[name] : whole));
}

/** A text, with its values put in. */
export function t(text, values) {
  const found = said[text];
  const words = typeof found === "string" ? found : (found?.one ?? text);
  return values ? filled(words, values) : words;
}

let rules;

/** The form of a noun for a count: "row" or "rows", and whatever forms other languages have. */
export function noun(count, one, many) {
  const forms = said[one];
  if (typeof forms !== "object") return count === 1 ? one : many;
  rules ??= new Intl.PluralRules(document.documentElement.lang);
  return forms[rules.select(count)] ?? forms.other;
}
