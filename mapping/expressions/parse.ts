import jsonata, { type ExprNode } from 'jsonata';
import { mappingFunctions } from './functions';
import { RegexError, SafeRegex } from './regex';

/** The library that documents name as the one they were written for. */
export const expressionEngine = 'jsonata@2.2.2';
const expressionMax = 2_000;
const nodesMax = 500;
const depthMax = 40;

/** An expression that is not taken: what is wrong, where, and what to write instead. */
export class ExpressionError extends Error {
  constructor(readonly expression: string, why: string) { super(`The expression ${expression.length > 80 ? `${expression.slice(0, 80)}…` : expression} ${why}`); }
}

/** Library functions that stay: pure, bounded by their input, and none of them makes a float of money. */
export const libraryFunctions = new Set([
  'string', 'substring', 'substringBefore', 'substringAfter', 'lowercase', 'uppercase', 'length', 'trim', 'pad', 'match', 'contains', 'replace', 'split', 'join', 'count', 'boolean', 'not', 'exists',
  'map', 'filter', 'single', 'reduce', 'sift', 'keys', 'lookup', 'append', 'merge', 'each', 'spread', 'sort', 'distinct', 'reverse', 'zip', 'type', 'formatInteger', 'parseInteger', 'error', 'assert', 'encodeUrlComponent',
]);

const instead: Record<string, string> = {
  now: 'the time comes in as a parameter', millis: 'the time comes in as a parameter', random: 'the same input must give the same result', shuffle: 'the same input must give the same result', eval: 'write the expression itself',
  sum: 'use $total, which adds decimal text', average: 'use $div of $total and $count', max: 'use $largest', min: 'use $smallest', number: 'numbers stay decimal text; use $add, $sub, $mul, $div', floor: 'use $round with "down"', ceil: 'use $round with "up"',
  sqrt: 'it makes a float', power: 'use $mul', formatNumber: 'use $fixed', toMillis: 'use a date conversion', fromMillis: 'use a date conversion',
};

/** Library functions that are not there for expressions, by whatever way they are reached. */
export const refusedFunctions = [...Object.keys(instead), 'base64encode', 'base64decode', 'encodeUrl', 'decodeUrl', 'decodeUrlComponent', 'formatBase', 'clone'].filter((name) => !(name in mappingFunctions));

/** Everything an AST node may hold. */
export type Node = { type: string; value?: unknown; position?: number } & Record<string, unknown>;
export type ParsedExpression = { text: string; ast: Node; variables: ReadonlySet<string>; paths: readonly string[][] };

function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  const take = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(take);
    else if (typeof value === 'object' && value !== null && !(value instanceof RegExp) && typeof (value as Node).type === 'string') found.push(value as Node);
  };
  for (const [key, value] of Object.entries(node)) if (key !== 'slot' && key !== 'ancestor' && key !== 'seekingParent') take(value);
  return found;
}

type Walk = { text: string; variables: Set<string>; bound: Set<string>; paths: string[][]; nodes: number };

function checkCall(node: Node, walk: Walk): void {
  const procedure = node['procedure'] as Node | undefined;
  const name = procedure?.type === 'variable' ? String(procedure.value) : undefined;
  if (name === undefined || walk.bound.has(name)) return;
  const ours = mappingFunctions[name];
  const given = (node['arguments'] as unknown[]).length;
  if (ours && (given < ours.min || given > ours.max)) throw new ExpressionError(walk.text, `gives $${name} ${given} argument(s); it takes ${ours.min === ours.max ? ours.min : `${ours.min} to ${ours.max}`}.`);
  if (!ours && !libraryFunctions.has(name)) throw new ExpressionError(walk.text, `calls $${name}, which is not there. Fix: ${instead[name] ?? 'see the list of functions in docs/mapping.md'}.`);
}

function checkNode(node: Node, walk: Walk): void {
  switch (node.type) {
    case 'descendant': throw new ExpressionError(walk.text, 'searches at every depth (**). Fix: name the path.');
    case 'transform': throw new ExpressionError(walk.text, 'changes its input (| … |). Fix: write a rule per field.');
    case 'partial': throw new ExpressionError(walk.text, 'fills a function in part. Fix: write the function out.');
    case 'binary': {
      const ends = [node['lhs'], node['rhs']] as Node[];
      if (node.value === '..' && !ends.every((e) => e.type === 'number' && Math.abs(Number(e.value)) <= 1_000)) throw new ExpressionError(walk.text, 'makes a range without fixed ends of at most 1000.');
      if (['*', '/', '%'].includes(String(node.value))) throw new ExpressionError(walk.text, `calculates with ${String(node.value)}, which makes floats. Fix: use $mul, $div on decimal text.`);
      return;
    }
    case 'regex': {
      const { source, flags } = node.value as RegExp;
      try { new SafeRegex(source, flags); } catch (error) { if (error instanceof RegexError) throw new ExpressionError(walk.text, `has a pattern that is not taken. ${error.message}`); throw error; }
      return;
    }
    case 'function': checkCall(node, walk); return;
    case 'variable': {
      const name = String(node.value);
      if (walk.bound.has(name)) return;
      if (refusedFunctions.includes(name)) throw new ExpressionError(walk.text, `calls $${name}, which is not there. Fix: ${instead[name] ?? 'see the list of functions in docs/mapping.md'}.`);
      if (name !== '' && !libraryFunctions.has(name) && !(name in mappingFunctions)) walk.variables.add(name);
      return;
    }
    case 'bind': walk.bound.add(String((node['lhs'] as Node).value)); return;
    case 'lambda': for (const a of node['arguments'] as Node[]) walk.bound.add(String(a.value)); return;
    case 'path': {
      const steps = node['steps'] as Node[];
      const names = steps.map((s, i) => (s.type === 'name' ? String(s.value) : i === 0 && s.type === 'variable' ? `$${String(s.value)}` : undefined));
      const known = names.indexOf(undefined) === -1 ? names : names.slice(0, names.indexOf(undefined));
      if (known.length > 0) walk.paths.push(known as string[]);
      return;
    }
    default:
  }
}

function visit(node: Node, depth: number, walk: Walk): void {
  walk.nodes += 1;
  if (walk.nodes > nodesMax || depth > depthMax) throw new ExpressionError(walk.text, 'is too large. Fix: split it into rules with named values ($name).');
  checkNode(node, walk);
  for (const child of childrenOf(node)) {
    if (node.type === 'function' && child === node['procedure'] && child.type === 'variable') continue;
    visit(child, depth + 1, walk);
  }
}

/** Text → checked tree. Throws ExpressionError for a syntax error and for everything that is not bounded, not pure or would make floats of money. */
export function parseExpression(text: string): ParsedExpression {
  if (text.length > expressionMax) throw new ExpressionError(text, `has ${text.length} characters; at most ${expressionMax} are taken.`);
  let ast: ExprNode;
  try { ast = jsonata(text).ast(); } catch (error) {
    const { message, position } = error as { message?: string; position?: number };
    throw new ExpressionError(text, `cannot be read${position === undefined ? '' : ` at character ${position}`}: ${message ?? 'syntax error'}.`);
  }
  const walk: Walk = { text, variables: new Set(), bound: new Set(), paths: [], nodes: 0 };
  visit(ast as unknown as Node, 0, walk);
  for (const name of walk.bound) walk.variables.delete(name);
  return { text, ast: ast as unknown as Node, variables: walk.variables, paths: walk.paths };
}
