import type { Hop } from '../../canonical/story';
import type { OrderState } from '../order-state';

/** Writes one hop into the story; workflow time is the same on replay. */
export function addHop(state: OrderState, hop: Omit<Hop, 'at'>): void {
  state.hops.push({ ...hop, at: new Date(Date.now()).toISOString() });
}
