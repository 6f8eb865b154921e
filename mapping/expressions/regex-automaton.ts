import { type CharTest } from './regex-parse';

export type Instruction =
  | { op: 'char'; test: CharTest } | { op: 'jump'; to: number } | { op: 'split'; first: number; second: number }
  | { op: 'save'; slot: number } | { op: 'assert'; at: '^' | '$' | 'b' | 'B' } | { op: 'match' };

/** The ways that are open at one place of a text: those that wait for a character, and whether one has come to its end (`atEnd`: where the text ends here). */
type State = { waiting: readonly { pc: number; test: CharTest }[]; matched: boolean; matchedAtEnd: boolean; next: Map<string, State> };

/** Steps that are remembered; beyond it all are forgotten, so that no text fills the memory. */
const stepsMax = 2_000;

/**
 * Answers whether a program matches anywhere in a text. Where a character leads from the ways that are open is worked out once and remembered: the same
 * kind of text costs a look per character after that, and a new one no more than walking all ways side by side.
 */
export class Automaton {
  private states = new Map<string, State>();
  private start: State | undefined;
  private steps = 0;
  private constructor(private readonly program: readonly Instruction[]) {}

  /** Undefined for a program whose ways depend on the characters on both sides of a place. */
  static of(program: readonly Instruction[]): Automaton | undefined {
    return program.some((i) => i.op === 'assert' && (i.at === 'b' || i.at === 'B')) ? undefined : new Automaton(program);
  }

  test(text: string): boolean {
    let state = this.start ??= this.stateOf([0], true);
    for (let i = 0; i < text.length; i += 1) {
      if (state.matched) return true;
      const char = text[i] as string;
      state = state.next.get(char) ?? this.step(state, char);
    }
    return state.matchedAtEnd;
  }

  /** A match may begin at every place: the first instruction is open again after each character. */
  private step(state: State, char: string): State {
    if (this.steps >= stepsMax) { this.states = new Map(); this.start = undefined; this.steps = 0; state.next.clear(); }
    this.steps += 1;
    const open = [0, ...state.waiting.filter(({ test }) => test(char)).map(({ pc }) => pc + 1)];
    const key = open.join(' ');
    const next = this.states.get(key) ?? this.stateOf(open, false);
    this.states.set(key, next);
    state.next.set(char, next);
    return next;
  }

  private stateOf(open: readonly number[], atStart: boolean): State {
    const [here, end] = [this.follow(open, { atStart, atEnd: false }), this.follow(open, { atStart, atEnd: true })];
    return { waiting: here.waiting, matched: here.matched, matchedAtEnd: end.matched, next: new Map() };
  }

  /** Everything that can be reached without reading a character. */
  private follow(open: readonly number[], at: { atStart: boolean; atEnd: boolean }): { waiting: { pc: number; test: CharTest }[]; matched: boolean } {
    const seen = new Set<number>();
    const waiting: { pc: number; test: CharTest }[] = [];
    let matched = false;
    const stack = [...open];
    for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
      if (seen.has(pc)) continue;
      seen.add(pc);
      const i = this.program[pc];
      if (!i) continue;
      switch (i.op) {
        case 'jump': stack.push(i.to); break;
        case 'split': stack.push(i.first, i.second); break;
        case 'save': stack.push(pc + 1); break;
        case 'assert': if ((i.at === '^' && at.atStart) || (i.at === '$' && at.atEnd)) stack.push(pc + 1); break;
        case 'char': waiting.push({ pc, test: i.test }); break;
        case 'match': matched = true;
      }
    }
    return { waiting, matched };
  }
}
