# One image, the role by command: node dist/{api/main,worker/main,worker/gp-agent,sandbox/main}.js
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs && npm prune --omit=dev --ignore-scripts \
  && arch=$(node -p "process.arch === 'x64' ? 'x86_64' : 'aarch64'") \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$arch-unknown-linux-gnu" -exec rm -rf {} + \
  && rm -rf node_modules/@temporalio/core-bridge/sdk-core

FROM node:22-bookworm-slim
ENV NODE_ENV=production TZ=UTC
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* && mkdir /data && chown node:node /data
COPY --from=build --chown=node:node /app/package.json ./
COPY --from=build --chown=node:node /app/node_modules ./node_modules
COPY --from=build --chown=node:node /app/dist ./dist
COPY --from=build --chown=node:node /app/config ./config
USER node
CMD ["node", "--require=./dist/config/every-thread.js", "--no-parallel-scavenge", "--max-semi-space-size=4", "--heap-growing-percent=40", "dist/api/main.js"]
