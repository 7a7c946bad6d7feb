# Two stages: build on Debian 12 with the project's own scripts, run with the shared libraries only.
FROM debian:12-slim AS build
RUN apt-get -q update && apt-get -qy install --no-install-recommends make
WORKDIR /src
COPY . .
RUN packaging/deps.sh build && make all

FROM debian:12-slim
RUN apt-get -q update \
 && apt-get -qy install --no-install-recommends libcap2-bin curl \
    libuv1 liblmdb0 libcjson1 libwebsockets17 libosip2-15 libssl3 libsodium23 libexpat1 libarchive13 \
    libcap-ng0 tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home-dir /var/lib/switchroom --create-home switchroom
COPY --from=build /src/build/switchroom /usr/local/bin/switchroom
# TFTP 69 and NTP 123 without root
RUN setcap cap_net_bind_service=+ep /usr/local/bin/switchroom
USER switchroom
VOLUME /var/lib/switchroom
EXPOSE 8080 8081 8443 8444 6970 5060 5060/udp 2000 69/udp 123/udp
# The plain admin port serves loopback only; the health check runs inside the container.
HEALTHCHECK --interval=10s --timeout=5s CMD curl -fsS http://127.0.0.1:8080/healthz || exit 1
ENTRYPOINT ["switchroom", "serve", "--data", "/var/lib/switchroom"]
