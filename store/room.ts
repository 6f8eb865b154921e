import { statfsSync } from 'node:fs';

/** Kept free on the disk of the embedded store: PostgreSQL ends with a PANIC when its log cannot grow by another 16 MiB. */
const reserveMiB = 64;
const lookEveryMs = 200;
const waitMs = 1_000;

export type Room = { enough(): boolean; /** Waits until there is room; says once that it waits. */ wait(say: (line: string) => void): Promise<void>; words: string };

/** Room on the disk of a folder, looked at a few times a second. */
export function createRoom(folder: string, reserveBytes = reserveMiB * 1024 * 1024): Room {
  let looked = -Infinity;
  let enough = true;
  const words = `store-full: less than ${Math.round(reserveBytes / 1024 / 1024)} MiB are free on the disk of the store. Nothing is written until there is room; reading goes on. Fix: free space on it, or enlarge it.`;
  const room: Room = {
    words,
    enough() {
      if (performance.now() - looked < lookEveryMs) return enough;
      looked = performance.now();
      // A disk that cannot be asked is left to the engine itself.
      try { const { bavail, bsize } = statfsSync(folder); enough = bavail * bsize >= reserveBytes; } catch { enough = true; }
      return enough;
    },
    async wait(say) {
      if (room.enough()) return;
      say(words);
      while (!room.enough()) await new Promise((wake) => { setTimeout(wake, waitMs); });
    },
  };
  return room;
}
