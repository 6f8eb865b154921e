import { proxyActivities } from '@temporalio/workflow';

const { touch } = proxyActivities<{ touch(step: number): Promise<number> }>({ startToCloseTimeout: '1 minute' });

/** What an order is measured against: five activities one after another that do nothing. */
export async function bareFive(): Promise<number> {
  let sum = 0;
  for (let step = 1; step <= 5; step += 1) sum += await touch(step);
  return sum;
}
