import express from 'express';
import { z } from 'zod';
import { CallLog } from '../kit/call-log';
import { controlRouter } from '../kit/control';
import { Faults } from '../kit/faults';
import { type Listening, startHttp } from '../kit/http';
import { Books, entities } from './books';
import { magentoControls } from './controls';
import { restApi } from './rest';

export type MagentoOptions = { port: number; host?: string; dataDir: string; consumerKey: string; consumerSecret: string; token: string; tokenSecret: string };
const Patch = z.strictObject({ /** The token alone opens as Bearer. */ bearer: z.boolean(), /** Invoices and credit memos update their order; not every installation does that. */ invoicesTouchOrder: z.boolean() }).partial();

/** Starts a Magento: its REST API and the control routes. It sends nothing to anybody. */
export async function startMagento(options: MagentoOptions): Promise<Listening> {
  const books = new Books(options.dataDir);
  const [faults, calls] = [new Faults('magento'), new CallLog()];
  const app = express();
  app.disable('x-powered-by');
  magentoControls(app, books);
  app.use('/_sandbox', controlRouter({ system: 'magento', faults, calls, books: () => ({}), documents: () => Object.fromEntries(entities.map((e) => [e, books.all(e).map(({ text: _text, ...s }) => s)])),
    settings: { get: () => books.settings, patch: (body) => (books.settings = { ...books.settings, ...Object.fromEntries(Object.entries(Patch.parse(body)).filter(([, v]) => v !== undefined)) }) } }));
  restApi(app, { books, faults, calls, keys: options });
  app.get('/', (_req, res) => { res.type('html').send('<h1>Magento sandbox</h1><ul><li><a href="/_sandbox/documents">orders, invoices, credit memos</a></li><li><a href="/_sandbox/settings">settings</a></li></ul>'); });
  return startHttp(app, options);
}
