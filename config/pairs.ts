import { readFileSync } from 'node:fs';

/** Pair configurations from files, as parsed JSON; an unreadable file is named with the fix. */
export function readPairFiles(files: readonly string[]): unknown[] {
  return files.map((file) => {
    let text: string;
    try { text = readFileSync(file, 'utf8'); } catch { throw new Error(`The pair file "${file}" cannot be read. Fix: correct TIEOUT_PAIR_FILES.`); }
    try { return JSON.parse(text) as unknown; } catch (error) { throw new Error(`The pair file "${file}" is not valid JSON: ${error instanceof Error ? error.message : ''}`); }
  });
}
