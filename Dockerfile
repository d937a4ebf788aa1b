FROM node:24.21.0-bookworm-slim AS kernels
WORKDIR /app
COPY package.json package-lock.json ./
COPY libs/kernels libs/kernels
RUN npm ci --omit=optional --workspace=@table/kernels --ignore-scripts --no-audit --no-fund \
 && npm run build --workspace=@table/kernels

FROM node:24.21.0-bookworm-slim AS page
WORKDIR /app
COPY package.json package-lock.json ./
COPY apps/console/package.json apps/console/
COPY libs/dialect/package.json libs/dialect/
COPY libs/storage/package.json libs/storage/
COPY libs/kernels/package.json libs/kernels/
RUN npm ci --omit=dev --workspace=@table/console --ignore-scripts --no-audit --no-fund
COPY tsconfig.base.json ./
COPY libs libs
COPY apps/console apps/console
RUN npm run build --workspace=@table/console

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY apps/cli/package.json apps/cli/
COPY apps/server/package.json apps/server/
COPY libs/arrow/package.json libs/arrow/
COPY libs/dialect/package.json libs/dialect/
COPY libs/kernels/package.json libs/kernels/
COPY libs/proto/package.json libs/proto/
COPY libs/storage/package.json libs/storage/
COPY libs/table/package.json libs/table/
COPY libs/cluster/package.json libs/cluster/
# DuckDB and what sends traces are optional, because a server without them does everything else. Piscina and pg do without theirs.
RUN npm ci --omit=dev --workspace=@table/server --workspace=table-cli --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/@napi-rs node_modules/pg-cloudflare \
 && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.md' \) -delete
COPY libs libs
COPY --from=kernels /app/libs/kernels/build libs/kernels/build
COPY apps/cli apps/cli
COPY apps/server apps/server
COPY --from=page /app/apps/console/dist apps/console/dist

FROM debian:bookworm-slim
RUN useradd --system --user-group --no-create-home table \
 && install --directory --owner=table --group=table /data
COPY --from=build /usr/local/bin/node /usr/local/bin/
COPY --from=build /app /app
RUN ln --symbolic /app/apps/cli/start /usr/local/bin/table-cli
WORKDIR /app
# Run the server, its process for queries and the CLI once, so that the compiled modules are in the cache. Otherwise each
# thread and each command loads the compiler, which takes 12 MB.
RUN install --directory --owner=table node_modules/.cache/table /tmp/short-run \
 && runuser --user table -- bash -c 'cd /tmp/short-run && { /app/apps/server/start --port 0 > said & } \
   && until grep listening said; do sleep 1; kill -0 $! || exit; done \
   && table-cli --server "$(grep --only-matching "[^ ]*:[0-9]*$" said)" sql "SELECT 1" && sleep 4 && kill $! && wait $!' \
 && chown --recursive root node_modules/.cache \
 && chmod --recursive a+rX node_modules/.cache \
 && rm --recursive /tmp/short-run
USER table
ENV NODE_ENV=production TABLE_HOST=:: TABLE_DATA_DIR=/data
# Whoever publishes the port decides who can reach the server, so do not warn that everybody may call.
# docs/access.md
ENV TABLE_OPEN=1
VOLUME /data
EXPOSE 5440
HEALTHCHECK --interval=10s --timeout=35s CMD ["apps/server/healthcheck", "30"]
ENTRYPOINT ["/app/apps/server/start"]
