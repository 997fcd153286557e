/** A sentence of the English page with its places filled in, numbers as the page writes them. */
export function say(sentence: string, figures: Readonly<Record<string, number | string>>): string {
  return Object.entries(figures).reduce(
    (text, [name, value]) =>
      text.replace(`{{ ${name} }}`, typeof value === 'number' ? value.toLocaleString('en') : value),
    sentence,
  );
}
