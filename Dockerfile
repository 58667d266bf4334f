# The same program as `npm start`; roles by ROLES. Needs docker build with access to the npm registry only.
FROM node:24-bookworm-slim AS build
WORKDIR /srv/nexused
COPY package.json package-lock.json .npmrc ./
COPY tools/setup.mjs tools/setup.mjs
# The media worker comes packaged; the current one is fetched where GitHub can be reached.
RUN MEDIASOUP_WORKER_BIN=none npm install --no-save --no-audit --no-fund
RUN cd node_modules/mediasoup && (node npm-scripts.mjs worker:prebuild || echo "packaged media worker")
COPY . .
RUN npx svelte-kit sync && npx vite build

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/var/lib/nexused
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg tini && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/nexused
COPY --from=build /srv/nexused /srv/nexused
RUN mkdir -p /var/lib/nexused && chown node:node /var/lib/nexused
USER node
VOLUME /var/lib/nexused
EXPOSE 3000 40000-40063/udp 40000-40063/tcp
HEALTHCHECK --interval=10s --timeout=3s CMD node -e "fetch('http://127.0.0.1:'+(process.env.PORT||3000)+'/ready').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"
ENTRYPOINT ["tini", "--"]
CMD ["node", "server.ts"]
