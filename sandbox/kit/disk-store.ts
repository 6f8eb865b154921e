import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One change of one record; `value` absent means deleted. */
type Change = { c: string; k: string; v?: unknown };

export interface Collection<T> {
  get(key: string): T | undefined;
  /** Stores a copy-on-write value: pass the whole new record. */
  put(key: string, value: T): void;
  delete(key: string): void;
  values(): T[];
  size(): number;
  /** A lookup kept in step with every change: records whose `keyOf` is this key, in no promised order. */
  index(keyOf: (value: T) => string | undefined): (key: string) => T[];
  /** The records changed at or after an instant, oldest change first. */
  changes(stampOf: (value: T) => string): (since: string) => T[];
}

type Listener = (key: string, before: unknown, after: unknown) => void;

/**
 * A simulator's memory: maps kept in RAM, every change appended to one file. A transaction is one line, so a process
 * killed at any instant keeps whole transactions only; a torn last line is dropped when the file is opened again.
 */
export class DiskStore {
  private readonly maps = new Map<string, Map<string, unknown>>();
  private readonly listeners = new Map<Map<string, unknown>, Listener[]>();
  private pending: { changes: Change[]; undo: (() => void)[] } | undefined;

  private constructor(private readonly file: string) {}

  /** Opens (or makes) the file and rewrites it compactly. */
  static open(file: string): DiskStore {
    mkdirSync(dirname(file), { recursive: true });
    const store = new DiskStore(file);
    if (existsSync(file)) {
      for (const line of readFileSync(file, 'utf8').split('\n')) store.replay(line);
    }
    store.compact();
    return store;
  }

  collection<T>(name: string): Collection<T> {
    const map = this.map(name) as Map<string, T>;
    return {
      get: (key) => map.get(key),
      put: (key, value) => { this.remember(map, key); this.set(map, key, value); this.write({ c: name, k: key, v: value }); },
      delete: (key) => { this.remember(map, key); this.set(map, key, undefined); this.write({ c: name, k: key }); },
      values: () => [...map.values()],
      size: () => map.size,
      index: (keyOf) => this.index(map, keyOf),
      changes: (stampOf) => this.changes(map, stampOf),
    };
  }

  private set(map: Map<string, unknown>, key: string, value: unknown): void {
    const before = map.get(key);
    if (value === undefined) map.delete(key);
    else map.set(key, value);
    for (const listen of this.listeners.get(map) ?? []) listen(key, before, value);
  }

  private listen(map: Map<string, unknown>, listener: Listener): void {
    for (const [key, value] of map) listener(key, undefined, value);
    this.listeners.set(map, [...(this.listeners.get(map) ?? []), listener]);
  }

  private index<T>(map: Map<string, T>, keyOf: (value: T) => string | undefined): (key: string) => T[] {
    const found = new Map<string, Map<string, T>>();
    this.listen(map as Map<string, unknown>, (key, before, after) => {
      const [from, to] = [before === undefined ? undefined : keyOf(before as T), after === undefined ? undefined : keyOf(after as T)];
      if (from !== undefined && from !== to) found.get(from)?.delete(key);
      if (to === undefined) return;
      const group = found.get(to) ?? new Map<string, T>();
      group.set(key, after as T);
      found.set(to, group);
    });
    return (key) => [...(found.get(key)?.values() ?? [])];
  }

  private changes<T>(map: Map<string, T>, stampOf: (value: T) => string): (since: string) => T[] {
    let log: { key: string; stamp: string }[] = [];
    const tidy = (): void => { log = [...map].map(([key, value]) => ({ key, stamp: stampOf(value) })).sort((a, b) => (a.stamp < b.stamp ? -1 : 1)); };
    const enter = (key: string, stamp: string): void => {
      let at = log.length;
      while (at > 0 && (log[at - 1]?.stamp ?? '') > stamp) at -= 1;
      log.splice(at, 0, { key, stamp });
    };
    this.listen(map as Map<string, unknown>, (key, _before, after) => { if (after !== undefined) enter(key, stampOf(after as T)); });
    tidy();
    return (since) => {
      if (log.length > 2 * map.size + 1_000) tidy();
      const out = new Map<string, T>();
      for (let i = log.length - 1; i >= 0; i -= 1) {
        const entry = log[i];
        if (!entry || entry.stamp < since) break;
        const value = map.get(entry.key);
        if (value !== undefined && !out.has(entry.key)) out.set(entry.key, value);
      }
      return [...out.values()].reverse();
    };
  }

  /** All changes made inside `work` reach the disk as one line; when it throws, memory and disk keep the state before. */
  transaction<R>(work: () => R): R {
    if (this.pending) return work();
    this.pending = { changes: [], undo: [] };
    try {
      const result = work();
      const { changes } = this.pending;
      if (changes.length > 0) appendFileSync(this.file, `${JSON.stringify(changes)}\n`);
      return result;
    } catch (error) {
      for (const undo of this.pending.undo.reverse()) undo();
      throw error;
    } finally {
      this.pending = undefined;
    }
  }

  private write(change: Change): void {
    if (this.pending) this.pending.changes.push(change);
    else appendFileSync(this.file, `${JSON.stringify([change])}\n`);
  }

  private remember<T>(map: Map<string, T>, key: string): void {
    if (!this.pending) return;
    const old = map.get(key);
    this.pending.undo.push(() => { this.set(map, key, old); });
  }

  private map(name: string): Map<string, unknown> {
    let map = this.maps.get(name);
    if (!map) this.maps.set(name, (map = new Map()));
    return map;
  }

  private replay(line: string): void {
    if (line === '') return;
    let changes: Change[];
    try { changes = JSON.parse(line) as Change[]; } catch { return; }
    for (const { c, k, v } of changes) {
      if (v === undefined) this.map(c).delete(k);
      else this.map(c).set(k, v);
    }
  }

  private compact(): void {
    const lines = [...this.maps].flatMap(([c, map]) => [...map].map(([k, v]) => JSON.stringify([{ c, k, v }])));
    writeFileSync(`${this.file}.tmp`, lines.map((l) => `${l}\n`).join(''));
    renameSync(`${this.file}.tmp`, this.file);
  }
}
