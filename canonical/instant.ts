/** How far another system's clock may be ahead of ours. */
const aheadMs = 86_400_000;

/**
 * Whether an instant (ISO text) may stand as the version of a record: between 1970 and a day after `now` (epoch ms). One from farther off would make
 * every later change old news.
 */
export function isVersion(text: string, now: number): boolean {
  const at = Date.parse(text);
  return /^(19[7-9]\d|2[01]\d\d)-/.test(text) && at <= now + aheadMs;
}
