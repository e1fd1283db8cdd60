# The trader as an image: `docker build --tag trader .` in the root of the repository. compose.yaml runs it with its
# database; apps/trader/OPERATIONS.md is the page for whoever operates it. No secret is in a layer or in the
# environment: the settings name files, which are mounted.

# The Node that scripts and tests run on: nodeVersion in pnpm-workspace.yaml, a test compares the two.
ARG NODE_VERSION=26.10.0

FROM node:${NODE_VERSION}-slim AS build
WORKDIR /build
COPY package.json ./
RUN npm install --global "$(node --print 'require("./package.json").packageManager')"
COPY . .
# Only tests need what install scripts would make.
RUN --mount=type=cache,target=/pnpm-store \
    pnpm install --frozen-lockfile --ignore-scripts --store-dir=/pnpm-store --filter=trader...
RUN pnpm --filter=trader... run build
# --legacy: the other way (pnpm 12.21) trips over the patched driver, which is bundled and therefore not deployed.
# Both take the versions of the lockfile.
RUN --mount=type=cache,target=/pnpm-store \
    pnpm --filter=trader --prod deploy --legacy --config.allow-unused-patches=true \
    --ignore-scripts --store-dir=/pnpm-store /deployed

FROM node:${NODE_VERSION}-slim
LABEL org.opencontainers.image.title="trader" \
    org.opencontainers.image.description="Records Kalshi's order books and stays READY." \
    org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
RUN install --directory --owner=1000 --group=1000 --mode=0750 /data
COPY --from=build /deployed/node_modules /app/node_modules
COPY --from=build /deployed/dist /app/dist
COPY --from=build /deployed/package.json /deployed/LICENSE /app/
COPY ops/container/livez.mjs /app/
# Relative paths in the settings, and their defaults, are in here: data, spool, trader.yaml. Defaults are not given
# as variables, since those would win over a mounted trader.yaml.
WORKDIR /data
VOLUME /data
# The image's user "node", by number, so that a platform can see that it is not root.
USER 1000:1000
EXPOSE 7070
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/livez.mjs"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["run"]
