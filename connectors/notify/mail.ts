import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { done, failed, type Outcome } from '../../canonical/failure';
import { type Notice } from '../../canonical/notice';

/** A pickup folder of a mail server: each file in it is one message (RFC 5322) that it sends and takes away. */
export type NotifyMail = { folder: string; from: string; approvals: readonly string[]; incidents: readonly string[]; escalations: readonly string[] };

const subjects: Record<Notice['type'], (n: Notice['data']) => string> = {
  'approval.asked': (d) => `Order ${d.orderName ?? d.orderId ?? ''} waits for approval`, 'approval.reminded': (d) => `Reminder: order ${d.orderName ?? d.orderId ?? ''} waits for approval`,
  'approval.escalated': (d) => `Escalated: nobody has answered for order ${d.orderName ?? d.orderId ?? ''}`, 'approval.answered-by-policy': (d) => `Order ${d.orderName ?? d.orderId ?? ''}: nobody answered, the policy said "${d.decision ?? ''}"`,
  'incident.opened': (d) => `${d.count ?? 0} waiting: ${d.code ?? ''}`, 'incident.reminded': (d) => `Reminder: ${d.count ?? 0} waiting: ${d.code ?? ''}`, 'incident.escalated': (d) => `Escalated: ${d.count ?? 0} waiting: ${d.code ?? ''}`,
};

const recipients = ({ type }: Notice, to: NotifyMail): string[] => [...new Set([...(type.startsWith('approval') ? to.approvals : to.incidents), ...(type.endsWith('escalated') ? to.escalations : [])])];
/** A header is one line of ASCII: anything else is an encoded word (RFC 2047). */
const header = (text: string): string => { const line = text.replace(/[\r\n]+/g, ' ').slice(0, 200); return /^[\x20-\x7e]*$/.test(line) ? line : `=?UTF-8?B?${Buffer.from(line).toString('base64')}?=`; };

function linesOf({ type, at, data }: Notice): string[] {
  const money = data.money.map((m) => `${m.amount} ${m.currency}`).join(', ');
  const told: [string, string | undefined][] = [
    ['What', type], ['Since', data.since ?? data.askedAt ?? at], ['Pair', data.pairId], ['Order', data.orderId], ['Run', data.runId], ['Cause', data.code], ['Class', data.class], ['Owner', data.owner], ['At stake', money === '' ? undefined : money], ['Policy answers at', data.silenceAt],
    ['Look', data.runId === undefined ? `npm run tieout -- exceptions list --code ${data.code ?? ''}` : `npm run tieout -- runs show ${data.runId}`],
  ];
  return told.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}: ${value}`]));
}

/** The message as text; undefined when nobody is to get this kind. */
export function mailOf(notice: Notice, to: NotifyMail): string | undefined {
  const all = recipients(notice, to);
  if (all.length === 0) return undefined;
  const head = [`From: ${header(to.from)}`, `To: ${all.map(header).join(', ')}`, `Subject: ${header(`[Tieout ${notice.data.pairId}] ${subjects[notice.type](notice.data)}`)}`, `Date: ${new Date(notice.at).toUTCString().replace('GMT', '+0000')}`, `Message-ID: <${notice.id}@tieout>`, 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64'];
  const body = Buffer.from(`${linesOf(notice).join('\r\n')}\r\n`).toString('base64').replace(/(.{76})/g, '$1\r\n');
  return `${head.join('\r\n')}\r\n\r\n${body}\r\n`;
}

/** Puts one message into the pickup folder, whole or not at all; its name is the notice's id, so that a second try replaces the first. */
export async function spoolMail(notice: Notice, to: NotifyMail): Promise<Outcome<void>> {
  const text = mailOf(notice, to);
  if (text === undefined) return done(undefined);
  const file = join(to.folder, `${notice.id}.eml`);
  try {
    await writeFile(`${file}.tmp`, text, { mode: 0o600 });
    await rename(`${file}.tmp`, file);
    return done(undefined);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return failed({ code: 'system-unavailable', system: 'notify', message: `The mail folder cannot be written to (${code}).`, fix: 'It is tried again by itself; make the folder of NOTIFY_MAIL_DIR writable for the worker.' });
  }
}
