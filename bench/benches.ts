import { ack } from './ack';
import { type Bench } from './bench';
import { mapping } from './mapping';
import { memory } from './memory';
import { orders } from './orders';

/** What can be measured: one line per bench, each a file of its own. */
export const benches: Readonly<Record<string, Bench>> = {
  orders,
  ack,
  memory,
  mapping,
};
