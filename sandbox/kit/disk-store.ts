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
}

/**
 * A simulator's memory: maps kept in RAM, every change appended to one file. A transaction is one line, so a process
 * killed at any instant keeps whole transactions only; a torn last line is dropped when the file is opened again.
 */
export class DiskStore {
  private readonly maps = new Map<string, Map<string, unknown>>();
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
      put: (key, value) => { this.remember(map, key); map.set(key, value); this.write({ c: name, k: key, v: value }); },
      delete: (key) => { this.remember(map, key); map.delete(key); this.write({ c: name, k: key }); },
      values: () => [...map.values()],
      size: () => map.size,
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
    this.pending.undo.push(() => { if (old === undefined) map.delete(key); else map.set(key, old); });
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
