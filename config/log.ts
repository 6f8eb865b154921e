import { writeSync } from 'node:fs';
import pino, { type DestinationStream, type Logger } from 'pino';
import { scrub, scrubText } from './scrub';

/** JSON lines on stderr. Every field and message passes `scrub`, so that no secret and no personal data is written, whoever logs. */
export function createLog(name: string, level: string, to: DestinationStream = pino.destination({ fd: 2, sync: false })): Logger {
  return pino({ name, level, hooks: {
    logMethod(args, method) {
      const [first, ...rest] = args as unknown[];
      const fields = first instanceof Error ? { error: scrub(first) } : scrub(first);
      const words = rest.map((r) => (typeof r === 'string' ? scrubText(r) : scrub(r)));
      method.apply(this, [fields, ...(first instanceof Error && words.length === 0 ? ['error'] : words)] as Parameters<typeof method>);
    },
  } }, to);
}

/** Node would print an uncaught error with all its fields, credentials of a call included: here it is one scrubbed line, and the process ends. */
export function guardProcess(name: string): void {
  const die = (error: unknown): void => {
    writeSync(2, `${JSON.stringify({ level: 60, time: Date.now(), name, error: scrub(error), msg: 'uncaught' })}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
}
