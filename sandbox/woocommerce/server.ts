import express from 'express';
import { CallLog } from '../kit/call-log';
import { controlRouter } from '../kit/control';
import { Faults } from '../kit/faults';
import { type Listening, startHttp } from '../kit/http';
import { siteControls } from './controls';
import { restApi } from './rest';
import { SettingsPatch, Site } from './site';
import { Webhooks } from './webhooks';

export type WooCommerceOptions = { port: number; host?: string; dataDir: string; /** The site's own address, as deliveries name it. */ site: string; webhookUrl: string; secret: string; consumerKey: string; consumerSecret: string };

/** The webhooks that the shopkeeper set up, each with the secret given to it. */
const topics = ['order.created', 'order.updated', 'order.deleted', 'order.restored'];

/** Starts a WooCommerce site: its REST API v3, its signed deliveries, and the control routes. */
export async function startWooCommerce(options: WooCommerceOptions): Promise<Listening> {
  const site = new Site(options.dataDir);
  const webhooks = new Webhooks(site, options.site);
  const [faults, calls] = [new Faults('woocommerce'), new CallLog()];
  topics.forEach((topic, i) => {
    const before = webhooks.list.get(String(i + 1));
    webhooks.list.put(String(i + 1), { id: i + 1, name: topic, status: 'active', failures: 0, ...before, topic, secret: options.secret, deliveryUrl: options.webhookUrl });
  });
  const app = express();
  app.disable('x-powered-by');
  siteControls(app, site, webhooks);
  app.use('/_sandbox', controlRouter({ system: 'woocommerce', faults, calls, books: () => ({}), documents: () => ({ orders: site.orders.values().map(({ text: _text, ...o }) => o), refunds: site.refunds.values() }),
    settings: { get: () => ({ ...site.settings, ...webhooks.deliveries.behaviour }), patch: (body) => {
      const { ssl, decimals, utcOffsetMinutes, failuresMax, ...behaviour } = SettingsPatch.parse(body);
      const given = Object.fromEntries(Object.entries({ ssl, decimals, utcOffsetMinutes, failuresMax }).filter(([, v]) => v !== undefined));
      site.settings = { ...site.settings, ...given };
      webhooks.deliveries.behaviour = { ...webhooks.deliveries.behaviour, ...behaviour };
      return { ...site.settings, ...webhooks.deliveries.behaviour };
    } } }));
  restApi(app, { site, webhooks, faults, calls, keys: { consumerKey: options.consumerKey, consumerSecret: options.consumerSecret } });
  app.get('/', (_req, res) => { res.type('html').send('<h1>WooCommerce sandbox</h1><ul><li><a href="/_sandbox/documents">orders</a></li><li><a href="/_sandbox/deliveries">deliveries and webhooks</a></li><li><a href="/_sandbox/settings">settings</a></li></ul>'); });
  const listening = await startHttp(app, options);
  return { ...listening, close: async () => { webhooks.deliveries.close(); await listening.close(); } };
}
