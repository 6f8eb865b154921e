import { type ZodType } from 'zod';
import { type ApiKeyRow, type Role } from '../store/types';
import { type ApiDeps } from './deps';

export type Ask = { params: Record<string, string>; query: Record<string, unknown>; body: Record<string, unknown>; key: ApiKeyRow };
/** One row is one door: its schemas, its right and its handler; the OpenAPI page is made from the same rows. */
export type Route = {
  method: 'get' | 'post' | 'delete'; path: string; summary: string; role: Role; query?: ZodType; body?: ZodType; /** Instead of the api's usual limit, as in 5mb. */ bodyLimit?: string; reply: ZodType; status?: number; handle(ask: Ask, deps: ApiDeps): Promise<unknown>;
};
