export type ShopifySettings = { adminBaseUrl: string; accessToken: string; apiVersion: string; timeoutMs: number };
