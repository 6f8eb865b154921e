import { type Outcome } from '../canonical/failure';
import { type LedgerOrderState } from '../canonical/ledger';
import { readEnv } from '../config/env';
import { createGpClient } from '../connectors/gp/connector';
import { type XeroInvoice } from '../connectors/xero/types';
import { parseKeyRing } from '../store/sealing';
import { createStore } from '../store/store';
import { connectXero } from '../worker/xero-connection';

export type Scan = { gp: Record<string, LedgerOrderState[]>; xero: Record<string, XeroInvoice[]> };

const chunk = 200;
function must<T>(what: string, outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${what} could not be scanned: ${outcome.failure.message} ${outcome.failure.fix}`);
}

/** What both ledgers hold under these order keys, read from the ledgers themselves and from nothing of ours. */
export async function scanLedgers(orderKeys: readonly string[], environment: NodeJS.ProcessEnv, connectionId: string): Promise<Scan> {
  const env = readEnv('cli', environment);
  const store = createStore({ databaseUrl: env.databaseUrl, keyRing: parseKeyRing(env.secretKeys), poolMax: 2 });
  try {
    const gp = createGpClient(env.gp);
    const xero = connectXero(store, env, connectionId);
    const scan: Scan = { gp: {}, xero: must('Xero', await xero.findByOrderKeys([...orderKeys])) };
    for (let at = 0; at < orderKeys.length; at += chunk) Object.assign(scan.gp, must('GP', await gp.findByOrderKeys(orderKeys.slice(at, at + chunk))));
    return scan;
  } finally {
    await store.close();
  }
}
