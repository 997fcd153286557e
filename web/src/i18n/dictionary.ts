import type { en } from './en.ts';

type Shape<Value> = { readonly [Key in keyof Value]: Value[Key] extends string ? string : Shape<Value[Key]> };

/** Every language has exactly the keys of English. */
export type Dictionary = Shape<typeof en>;

type Keys<Value, Prefix extends string = ''> = {
  [Key in keyof Value & string]: Value[Key] extends string ? `${Prefix}${Key}` : Keys<Value[Key], `${Prefix}${Key}.`>;
}[keyof Value & string];

/** The path of one sentence, as `stage.lineage`. */
export type SentenceKey = Keys<typeof en>;
export type SentenceValues = Readonly<Record<string, string | number>>;
