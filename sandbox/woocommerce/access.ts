import { type Request } from 'express';
import { OAuth1Gate, type OAuthKeys } from '../kit/oauth1';

export type Refusal = { status: number; code: string; message: string };
const authentication = (message: string, code = 'woocommerce_rest_authentication_error'): Refusal => ({ status: 401, code, message });
const says = {
  consumer: 'Consumer key is invalid.', token: 'Consumer key is invalid.', method: 'Invalid signature - signature method is invalid.', signature: 'Invalid signature - provided signature does not match.',
  timestamp: 'Invalid timestamp.', nonce: 'Invalid nonce - nonce has already been used.',
} as const;

/** Who may read: Basic (or keys in the query) on a site behind TLS, OAuth 1.0a without a token on one that is not. */
export class Access {
  private readonly gate: OAuth1Gate;
  constructor(private readonly keys: OAuthKeys) { this.gate = new OAuth1Gate(keys, { methods: ['HMAC-SHA1', 'HMAC-SHA256'], windowSeconds: 15 * 60 }); }

  refusal(req: Request, more: { ssl: boolean; list: boolean }): Refusal | undefined {
    const nobody = { status: 401, code: 'woocommerce_rest_cannot_view', message: more.list ? 'Sorry, you cannot list resources.' : 'Sorry, you cannot view this resource.' };
    if (more.ssl) return this.basic(req, nobody);
    const refused = this.gate.refusal({ method: req.method, url: `http://${req.headers.host ?? ''}${req.originalUrl}`, authorization: req.headers.authorization });
    if (!refused) return undefined;
    if (refused.why === 'absent') return nobody;
    return refused.why === 'missing' ? authentication(`Missing OAuth parameter ${refused.parameter}`, 'woocommerce_rest_authentication_missing_parameter') : authentication(says[refused.why]);
  }

  private basic(req: Request, nobody: Refusal): Refusal | undefined {
    const header = /^Basic\s+(.+)$/i.exec(req.headers.authorization ?? '')?.[1];
    const [user, password] = header === undefined ? [req.query['consumer_key'], req.query['consumer_secret']] : Buffer.from(header, 'base64').toString('utf8').split(/:(.*)/s);
    if (typeof user !== 'string' || user === '') return nobody;
    if (user !== this.keys.consumerKey) return authentication(says.consumer);
    return password === this.keys.consumerSecret ? undefined : authentication('Consumer secret is invalid.');
  }
}
