import type { Identifier } from '@mdn/browser-compat-data';
import { featureAt, lackedBy, namesBelow } from './browser-support.ts';

/**
 * A plugin of the linter with one rule, `browsers/supported`: what the page uses must be in its oldest browsers. Globals,
 * and members of globals, are judged exactly. Of any other object the type is not known here: a member is refused when it
 * has a name of several words, `createWritable`, and every interface that has one of this name lacks it. Members of the
 * language's own objects, `set.union()`, are for the compiler: the `lib` of `web/tsconfig.json` has no more than the
 * browsers. Members of interfaces with a name of one word are seen by neither.
 */

/** Objects that scripts hold by these names, and what they are. */
const INSTANCES: Readonly<Record<string, readonly string[]>> = {
  navigator: ['Navigator', 'WorkerNavigator'],
  document: ['Document', 'Node', 'EventTarget', 'ParentNode'],
  window: ['Window', 'EventTarget'],
  globalThis: ['Window', 'WorkerGlobalScope', 'DedicatedWorkerGlobalScope'],
  self: ['Window', 'WorkerGlobalScope', 'DedicatedWorkerGlobalScope'],
  performance: ['Performance'],
  crypto: ['Crypto'],
  history: ['History'],
  location: ['Location'],
  screen: ['Screen'],
  localStorage: ['Storage'],
  sessionStorage: ['Storage'],
};

const API = featureAt('api');
const BUILT_INS = featureAt('javascript', 'builtins');
/** In the data a static member of an interface is told from the others by this. */
const STATIC = '_static';

/** The interfaces of which scripts have the members as globals. */
const GLOBALS = ['Window', 'WorkerGlobalScope', 'DedicatedWorkerGlobalScope'];

function globalFeatures(name: string): (Identifier | undefined)[] {
  return [API?.[name], BUILT_INS?.[name], ...GLOBALS.map((owner) => featureAt('api', owner, name))];
}

function memberFeatures(object: string, member: string): (Identifier | undefined)[] {
  const owners = INSTANCES[object];
  if (owners !== undefined) return owners.map((owner) => featureAt('api', owner, member));
  return [
    featureAt('api', object, member + STATIC),
    featureAt('api', object, member),
    featureAt('javascript', 'builtins', object, member),
  ];
}

/** The browsers that have none of these features; none where nothing is known of any. */
function lackedByAll(features: readonly (Identifier | undefined)[]): string[] {
  const known = features.filter((feature) => feature?.__compat !== undefined).map(lackedBy);
  return known.reduce<string[]>((all, each) => all.filter((browser) => each.includes(browser)), known[0] ?? []);
}

/** Members of our own objects that happen to be called as something new in browsers is. */
const OWN_NAMES: ReadonlySet<string> = new Set(['containerId', 'isError', 'requestId']);
const SEVERAL_WORDS = /[a-z][A-Z]/;

/** Names of members that no object of the oldest browsers has, and who lacks them. */
const UNKNOWN_MEMBERS = new Map<string, readonly string[]>();
{
  const owners = [API, BUILT_INS].flatMap((room) => namesBelow(room).map((name) => room?.[name]));
  const features = new Map<string, Identifier[]>();
  for (const owner of owners)
    for (const name of namesBelow(owner)) {
      const feature = owner?.[name];
      const isTelling = SEVERAL_WORDS.test(name) && !name.endsWith(STATIC) && !OWN_NAMES.has(name);
      if (feature !== undefined && isTelling) features.set(name, [...(features.get(name) ?? []), feature]);
    }
  for (const [name, known] of features) {
    const lacked = lackedByAll(known);
    if (lacked.length > 0) UNKNOWN_MEMBERS.set(name, lacked);
  }
}

/** The little of the syntax tree and of the linter that the rule needs. */
interface Node {
  readonly type: string;
  readonly parent: Node;
  /** Of expressions with one. */
  readonly operator?: string;
}
interface IdentifierNode extends Node {
  readonly name: string;
}
interface MemberNode extends Node {
  readonly object: Node;
  readonly property: Node;
  readonly computed: boolean;
}
interface Reference {
  readonly identifier: IdentifierNode;
  readonly isTypeReference?: boolean;
}
interface Variable {
  readonly defs: readonly unknown[];
  readonly references: readonly Reference[];
}
interface GlobalScope {
  /** Names that nobody declares. */
  readonly through: readonly Reference[];
  /** Those of the language as well, which have no definition. */
  readonly variables: readonly Variable[];
}
interface RuleContext {
  readonly sourceCode: { readonly scopeManager: { readonly globalScope: GlobalScope } };
  report(problem: { readonly node: Node; readonly message: string }): void;
}

const supported = {
  meta: { type: 'problem', docs: { description: 'Refuses what the oldest browsers of the page lack.' } },
  create(context: RuleContext) {
    const globals = new Set<Node>();
    const judge = (node: Node, name: string, lacked: readonly string[]): void => {
      if (lacked.length > 0) context.report({ node, message: `${name} is not in ${lacked.join(', ')}.` });
    };
    return {
      Program() {
        const { through, variables } = context.sourceCode.scopeManager.globalScope;
        const builtIn = variables.filter(({ defs }) => defs.length === 0).flatMap(({ references }) => references);
        for (const { identifier, isTypeReference } of [...through, ...builtIn]) {
          if (isTypeReference === true) continue;
          globals.add(identifier);
          // Asking whether it is there is what one does where it may not be.
          const isAsked = identifier.parent.operator === 'typeof';
          if (!isAsked) judge(identifier, identifier.name, lackedByAll(globalFeatures(identifier.name)));
        }
      },
      MemberExpression(node: MemberNode) {
        if (node.computed || node.property.type !== 'Identifier') return;
        const { name } = node.property as IdentifierNode;
        const object = node.object as IdentifierNode;
        if (globals.has(object)) {
          const features = memberFeatures(object.name, name);
          const isKnown = features.some((feature) => feature !== undefined);
          if (isKnown) return judge(node.property, `${object.name}.${name}`, lackedByAll(features));
        }
        judge(node.property, `A member ${name}`, UNKNOWN_MEMBERS.get(name) ?? []);
      },
    };
  },
};

// The linter takes a plugin as the default export.
export default { meta: { name: 'browsers' }, rules: { supported } };
