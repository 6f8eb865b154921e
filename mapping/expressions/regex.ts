import { Automaton, type Instruction } from './regex-automaton';
import { parseRegex, RegexError, type RegexNode } from './regex-parse';

export { RegexError } from './regex-parse';

/** Most instructions of one pattern and longest text it is tried on: time is their product, whatever the text. */
const programMax = 2_000;
export const textMax = 10_000;

function compile(root: RegexNode, pattern: string): Instruction[] {
  const program: Instruction[] = [];
  const emit = (i: Instruction): number => {
    if (program.length >= programMax) throw new RegexError(pattern, `unrolls to more than ${programMax} steps. Fix: repeat less.`);
    return program.push(i) - 1;
  };
  const split = (lazy: boolean): { patch(body: number, past: number): void } => {
    const here = emit({ op: 'split', first: 0, second: 0 });
    return { patch: (body, past) => { program[here] = lazy ? { op: 'split', first: past, second: body } : { op: 'split', first: body, second: past }; } };
  };
  const walk = (node: RegexNode): void => {
    switch (node.kind) {
      case 'empty': return;
      case 'char': emit({ op: 'char', test: node.test }); return;
      case 'assert': emit({ op: 'assert', at: node.at }); return;
      case 'sequence': node.parts.forEach(walk); return;
      case 'group':
        if (node.number === undefined) { walk(node.body); return; }
        emit({ op: 'save', slot: node.number * 2 });
        walk(node.body);
        emit({ op: 'save', slot: node.number * 2 + 1 });
        return;
      case 'choice': {
        const ends: number[] = [];
        node.options.forEach((option, i) => {
          if (i === node.options.length - 1) { walk(option); return; }
          const fork = split(false);
          const body = program.length;
          walk(option);
          ends.push(emit({ op: 'jump', to: 0 }));
          fork.patch(body, program.length);
        });
        for (const end of ends) program[end] = { op: 'jump', to: program.length };
        return;
      }
      case 'repeat': {
        for (let i = 0; i < node.min; i += 1) walk(node.body);
        if (node.max === undefined) {
          const loop = program.length;
          const fork = split(node.lazy);
          const body = program.length;
          walk(node.body);
          emit({ op: 'jump', to: loop });
          fork.patch(body, program.length);
          return;
        }
        const forks = Array.from({ length: node.max - node.min }, () => {
          const fork = split(node.lazy);
          const body = program.length;
          walk(node.body);
          return { fork, body };
        });
        for (const { fork, body } of forks) fork.patch(body, program.length);
      }
    }
  };
  emit({ op: 'save', slot: 0 });
  walk(root);
  emit({ op: 'save', slot: 1 });
  emit({ op: 'match' });
  return program;
}

const isWord = (c: string | undefined): boolean => c !== undefined && /\w/.test(c);

function holds(at: '^' | '$' | 'b' | 'B', text: string, index: number): boolean {
  if (at === '^') return index === 0;
  if (at === '$') return index === text.length;
  return (isWord(text[index - 1]) !== isWord(text[index])) === (at === 'b');
}

type Thread = { pc: number; saves: (number | undefined)[] };
export type RegexMatch = { index: number; end: number; groups: (string | undefined)[] };

/**
 * A regular expression whose time grows with pattern × text and never faster: all ways through the pattern are walked side by side, no way is
 * tried twice. (RegExp of the language tries them one after the other, and some patterns never end.) Leftmost match, earlier choice first.
 */
export class SafeRegex {
  private readonly program: Instruction[];
  private readonly groups: number;
  private readonly automaton: Automaton | undefined;
  constructor(readonly source: string, readonly flags = '') {
    const unknown = flags.replace(/[ig]/g, '');
    if (unknown !== '') throw new RegexError(source, `has the flag "${unknown}"; only i is taken.`);
    const { root, groups } = parseRegex(source, flags.includes('i'));
    this.program = compile(root, source);
    this.groups = groups;
    this.automaton = Automaton.of(this.program);
  }

  /** Whether it matches anywhere; a text above `textMax` is a RegexError. */
  test(text: string): boolean {
    if (text.length > textMax) throw this.tooLong(text);
    return this.automaton ? this.automaton.test(text) : this.find(text) !== undefined;
  }
  private tooLong(text: string): RegexError { return new RegexError(this.source, `is tried on a text of ${text.length} characters; at most ${textMax} are taken.`); }

  /** The first match at or after `from`; a text above `textMax` is a RegexError. */
  find(text: string, from = 0): RegexMatch | undefined {
    if (text.length > textMax) throw this.tooLong(text);
    let threads: Thread[] = [];
    let found: (number | undefined)[] | undefined;
    for (let index = from; index <= text.length; index += 1) {
      const seen = new Set<number>();
      const current: Thread[] = [];
      for (const t of threads) this.follow(t, { text, index, seen, into: current });
      if (!found) this.follow({ pc: 0, saves: [] }, { text, index, seen, into: current });
      if (current.length === 0 && found) break;
      threads = [];
      for (const t of current) {
        const i = this.program[t.pc];
        if (i?.op === 'match') { found = t.saves; break; }
        if (i?.op === 'char' && index < text.length && i.test(text[index] ?? '')) threads.push({ pc: t.pc + 1, saves: t.saves });
      }
      if (threads.length === 0 && found) break;
    }
    if (!found) return undefined;
    const saves = found;
    const groups = Array.from({ length: this.groups }, (_, g) => { const a = saves[(g + 1) * 2]; const b = saves[(g + 1) * 2 + 1]; return a === undefined || b === undefined ? undefined : text.slice(a, b); });
    return { index: saves[0] ?? 0, end: saves[1] ?? 0, groups };
  }

  /** Follows everything that eats no character; each place once per index. */
  private follow(start: Thread, more: { text: string; index: number; seen: Set<number>; into: Thread[] }): void {
    const { text, index, seen, into } = more;
    const stack = [start];
    for (let t = stack.pop(); t; t = stack.pop()) {
      if (seen.has(t.pc)) continue;
      seen.add(t.pc);
      const i = this.program[t.pc];
      if (!i) continue;
      if (i.op === 'jump') stack.push({ pc: i.to, saves: t.saves });
      else if (i.op === 'split') stack.push({ pc: i.second, saves: t.saves }, { pc: i.first, saves: t.saves });
      else if (i.op === 'save') { const saves = [...t.saves]; saves[i.slot] = index; stack.push({ pc: t.pc + 1, saves }); }
      else if (i.op === 'assert') { if (holds(i.at, text, index)) stack.push({ pc: t.pc + 1, saves: t.saves }); }
      else into.push(t);
    }
  }
}
