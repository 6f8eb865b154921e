import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { type ZodObject, z } from 'zod';
import { problemCodes } from './problem';
import { routes } from './routes';
import './schemas';

const Problem = z.object({ type: z.string(), code: z.enum(problemCodes), title: z.string(), status: z.number(), detail: z.string().optional(), instance: z.string().optional(), errors: z.array(z.object({ field: z.string(), value: z.string().optional(), fix: z.string() })).optional() });
const json = (schema: z.ZodType): { content: { 'application/json': { schema: z.ZodType } } } => ({ content: { 'application/json': { schema } } });
const problem = (description: string): object => ({ description, content: { 'application/problem+json': { schema: Problem } } });

/** The document is made from the very rows that serve: what is not in the table does not exist. */
export function openApiDocument(version: string): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer', description: 'An API key with a role: viewer, operator, approver or admin' });
  for (const route of routes) {
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '');
    registry.registerPath({
      method: route.method, path: route.path, summary: route.summary, description: `Needs role \`${route.role}\` (admin may do everything).`, security: [{ bearer: [] }],
      request: {
        ...(names.length > 0 ? { params: z.object(Object.fromEntries(names.map((n) => [n, z.string()]))) } : {}), ...(route.query ? { query: route.query as ZodObject } : {}), ...(route.body ? { body: json(route.body) } : {}),
      },
      responses: { [route.status ?? 200]: { description: 'Done', ...json(route.reply) }, 400: problem('The request does not fit'), 401: problem('No or unknown key'), 403: problem('The key lacks the right'), 404: problem('Not found'), 413: problem('The body is too large'), 415: problem('The body is not JSON, or compressed'), 429: problem('Too many failed keys') } as never,
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({ openapi: '3.1.0', info: { title: 'Tieout', version, description: 'Runs, approvals, exceptions and the inbox of order-to-cash. Webhooks of shops and gateways come in under /webhooks.' } });
}
