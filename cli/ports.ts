import { connect, createServer } from 'node:net';

const isFree = (port: number): Promise<boolean> => new Promise((answer) => {
  const server = createServer();
  server.once('error', () => answer(false));
  server.listen(port, '127.0.0.1', () => server.close(() => answer(true)));
});

/** Where ports are looked for when any will do; Linux gives outgoing connections 32768 and above, other systems 49152 and above. */
const [anyFrom, anyTo] = [15_000, 32_000];

/** Asks the machine for free ports; the ones handed out are not handed out twice in this process. */
export class Ports {
  private readonly taken = new Set<number>();
  constructor(private readonly say: (line: string) => void, private readonly anyPort: boolean) {}

  /** The wanted port, or the next free one, said so; with `anyPort` whatever the machine gives. */
  async pick(name: string, wanted: number): Promise<number> {
    if (this.anyPort) return this.any();
    for (let port = wanted; port < wanted + 50; port += 1) {
      if (this.taken.has(port) || !(await isFree(port))) continue;
      this.taken.add(port);
      if (port !== wanted) this.say(`port ${wanted} for ${name} is taken; using ${port}`);
      return port;
    }
    throw new Error(`No free port for ${name} from ${wanted} to ${wanted + 49}. Fix: stop what listens there.`);
  }
  /** A free port below the range that the machine hands to outgoing connections: none of those can take it before its program listens. */
  private async any(): Promise<number> {
    for (let tries = 0; tries < 200; tries += 1) {
      const port = anyFrom + Math.floor(Math.random() * (anyTo - anyFrom));
      if (this.taken.has(port) || !(await isFree(port))) continue;
      this.taken.add(port);
      return port;
    }
    throw new Error(`No free port was found from ${anyFrom} to ${anyTo}. Fix: stop what listens there.`);
  }
}

/** Resolves when something listens there; rejects after `limitMs`. */
export async function listening(port: number, limitMs: number): Promise<void> {
  const until = Date.now() + limitMs;
  for (;;) {
    const open = await new Promise<boolean>((answer) => { const socket = connect(port, '127.0.0.1', () => { socket.destroy(); answer(true); }); socket.once('error', () => answer(false)); });
    if (open) return;
    if (Date.now() > until) throw new Error(`nothing listens on port ${port} after ${Math.round(limitMs / 1000)} s`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
