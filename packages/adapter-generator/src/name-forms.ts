/** The forms in which a name of small words joined by `_` occurs in an adapter. */
const forms: readonly ((words: readonly string[]) => string)[] = [
  (words) => words.join('_'),
  (words) => words.join('-'),
  (words) => words.join('_').toUpperCase(),
  (words) => words.map(capitalise).join(''),
  ([first = '', ...rest]) => [first, ...rest.map(capitalise)].join(''),
];

/** Puts one name in place of another, whichever form it has. */
export function renameIn(text: string, from: string, to: string): string {
  return forms.reduce((renamed, form) => renamed.replaceAll(form(from.split('_')), form(wordsOf(to))), text);
}

/** `a__b` and `a_` are names too. */
function wordsOf(name: string): string[] {
  return name.split('_').filter((word) => word !== '');
}

function capitalise(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
