import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';

/** Names under which clouds hand out credentials to whoever asks from inside a machine. */
const metadataNames = /^(metadata|metadata\.google\.internal|metadata\.goog|instance-data|instance-data\.ec2\.internal)\.?$/i;
/** 169.254/16 is link-local (RFC 3927; AWS, Azure, Google and Oracle serve metadata there), 100.100.100.200 is Alibaba's, 192.0.0.192 Oracle's, 168.63.129.16 Azure's wire server, 0/8 is "this host". */
const metadataV4 = /^(169\.254\.|0\.)|^(100\.100\.100\.200|192\.0\.0\.192|168\.63\.129\.16)$/;

/** The last 32 bits of an IPv6 address as dotted IPv4; for addresses that carry an IPv4 one (mapped, compatible, NAT64, 6to4 aside). */
function lastV4(address: string): string {
  const groups = address.split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((g) => Number.parseInt(g || '0', 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function isMetadataV6(address: string): boolean {
  if (/^fe[89ab]/i.test(address) || /^fd00:ec2::/i.test(address) || address === '::') return true;
  return /^(::ffff:|::|64:ff9b::)[0-9a-f]{1,4}:[0-9a-f]{1,4}$/i.test(address) && metadataV4.test(lastV4(address));
}

/** A link-local or cloud metadata host, as the URL parser wrote it: hexadecimal, octal and short forms are dotted by then. */
export function isMetadataHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIPv6(host)) return isMetadataV6(host);
  return isIP(host) === 4 ? metadataV4.test(host) : metadataNames.test(host);
}

/** What is wrong with an address that we are to call; undefined when nothing is. The address itself is never repeated. */
function wrongWith(text: string): string | undefined {
  if (!URL.canParse(text)) return 'write it as https://host[:port]/path';
  const { protocol, username, password, hash } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return 'only https:// and http:// are called';
  if (username !== '' || password !== '') return 'leave user name and password out of it; credentials have variables of their own';
  return hash === '' ? undefined : 'leave out what begins with #';
}

/** An address of another system out of the environment: http or https, without credentials in it. Link-local and metadata hosts are refused by `metadataHosts`. */
export const outsideUrl = z.string().superRefine((text, ctx) => { const wrong = wrongWith(text); if (wrong !== undefined) ctx.addIssue(wrong); });

/** The variables among these whose address leads to a link-local or metadata host. */
export const metadataHosts = (values: Record<string, unknown>, names: readonly string[]): string[] =>
  names.filter((name) => { const value = values[name]; return typeof value === 'string' && URL.canParse(value) && isMetadataHost(new URL(value).hostname); });
