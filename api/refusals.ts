const windowMs = 60_000;
const linesMax = 20;

type Log = { warn(fields: object, message: string): void };

/** Writes down refused deliveries, at most twenty a minute; how many more there were is told with the next minute's first. A flood does not fill the disk. */
export function createRefusals(log: Log, now: () => number = Date.now): (fields: object, message: string) => void {
  let [began, told, untold] = [now(), 0, 0];
  return (fields, message) => {
    if (now() - began >= windowMs) {
      if (untold > 0) log.warn({ more: untold }, 'deliveries refused that were not written down one by one');
      [began, told, untold] = [now(), 0, 0];
    }
    if (told < linesMax) { told += 1; log.warn(fields, message); } else untold += 1;
  };
}
