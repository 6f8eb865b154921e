/** One number a bench can be asked for; the flag is written `--name N`. */
export type NumberFlag = { name: string; about: string; fallback: number; least: number; most: number; whole: boolean };
export type Ask = {
  root: string;
  /** Where the Temporal server's binary is; undefined when TEMPORAL_ADDRESS names a server. Fetched only when asked for. */
  temporalBinary(): Promise<string | undefined>;
  /** One line of progress, on stderr. */
  say(line: string): void;
  /** The flags as given, else their fallbacks. */
  numbers: Readonly<Record<string, number>>;
};
/** What a bench measured, with how it was measured in words; the machine is added by whoever prints it. */
export type Figures = { method: string; targets: Target[] } & Record<string, unknown>;
/** `most` or `least`: which side of the target is good. */
export type Target = { name: string; measured: number; least?: number; most?: number; met: boolean };
export type Bench = { summary: string; flags: readonly NumberFlag[]; run(ask: Ask): Promise<Figures> };

export const atLeast = (name: string, measured: number, least: number): Target => ({ name, measured, least, met: measured >= least });
export const atMost = (name: string, measured: number, most: number): Target => ({ name, measured, most, met: measured <= most });
