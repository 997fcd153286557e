import type { Identifier } from '@mdn/browser-compat-data';
import { parse } from 'postcss';
import type { AtRule, Declaration, Node } from 'postcss';
import { featureAt, lackedBy, namesBelow } from './browser-support.ts';

/** Fonts are taken by whoever has them. */
const FONTS = 'font-family';

/** Functions by their name, `light-dark`, wherever they stand among the types of values. */
const FUNCTIONS = new Map<string, Identifier>();
{
  const types = featureAt('css', 'types');
  for (const type of namesBelow(types))
    for (const name of [type, ...namesBelow(types?.[type])]) {
      const feature = name === type ? types?.[type] : types?.[type]?.[name];
      if (feature?.__compat !== undefined && !FUNCTIONS.has(name)) FUNCTIONS.set(name, feature);
    }
}

const PSEUDO = /::?(-?[a-z][a-z-]*)/g;
const FUNCTION = /(-?[a-z][a-z-]*)\(/g;
const WORD = /(?<![\w(-])-?[a-z][a-z-]*(?![\w(-])/g;
const MEDIA = /\(\s*([a-z-]+)/g;
const TEXT = /"[^"]*"|'[^']*'|url\([^)]*\)/g;

/**
 * What a style sheet uses that the oldest browsers of the page lack: `@starting-style is not in …`, each once. What stands
 * in `@supports` was asked for first; names with the prefix of a maker, and common ones beside them, are what they are.
 */
export function lackedInCss(css: string): string[] {
  const faults = new Set<string>();
  const judge = (name: string, feature: Identifier | undefined): void => {
    const lacked = /^:-|: -/.test(name) ? [] : lackedBy(feature);
    if (lacked.length > 0) faults.add(`${name} is not in ${lacked.join(', ')}`);
  };
  parse(css).walk((node) => {
    if (isAskedFor(node)) return;
    if (node.type === 'atrule') judgeAtRule(node, judge);
    else if (node.type === 'decl') judgeDeclaration(node, judge);
    else if (node.type === 'rule')
      for (const [, name = ''] of node.selector.replaceAll(TEXT, '').matchAll(PSEUDO))
        judge(`:${name}`, featureAt('css', 'selectors', name));
  });
  return [...faults];
}

type Judge = (name: string, feature: Identifier | undefined) => void;

function judgeAtRule({ name, params }: AtRule, judge: Judge): void {
  judge(`@${name}`, featureAt('css', 'at-rules', name));
  if (name !== 'media') return;
  for (const [, feature = ''] of params.matchAll(MEDIA))
    judge(`@media ${feature}`, featureAt('css', 'at-rules', 'media', feature));
}

function judgeDeclaration({ prop, value: whole, parent }: Declaration, judge: Judge): void {
  const value = whole.replaceAll(TEXT, '');
  for (const [, name = ''] of value.matchAll(FUNCTION)) judge(`${name}()`, FUNCTIONS.get(name));
  // Descriptors of an at-rule are no properties.
  const isDescriptor = parent?.type === 'atrule' && featureAt('css', 'at-rules', (parent as AtRule).name, prop);
  const isPrefixed = parent?.nodes.some((node) => node.type === 'decl' && node.prop === `-webkit-${prop}`);
  if (prop.startsWith('-') || prop === FONTS || isDescriptor || isPrefixed) return;
  judge(prop, featureAt('css', 'properties', prop));
  for (const [word] of value.matchAll(WORD)) judge(`${prop}: ${word}`, featureAt('css', 'properties', prop, word));
}

function isAskedFor(node: Node): boolean {
  for (let at = node.parent; at !== undefined; at = at.parent)
    if (at.type === 'atrule' && (at as unknown as AtRule).name === 'supports') return true;
  return false;
}
