# syntax=docker/dockerfile:1
# The program on a Debian whose librdkafka can log in to Kafka 4 with SCRAM (2.6.1 and newer; Debian 13 has 2.8).

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends pkg-config librdkafka-dev libzstd-dev zlib1g-dev libyaml-dev libssl-dev \
        libcurl4-openssl-dev libmicrohttpd-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
# librdkafka keeps its binary interface: built against 2.0.2, run with 2.8
RUN swift build -c release --product dash-reinforce --static-swift-stdlib \
    && install -D "$(swift build -c release --show-bin-path)/dash-reinforce" /out/dash-reinforce \
    && strip /out/dash-reinforce

FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates librdkafka1 libzstd1 zlib1g libyaml-0-2 libssl3t64 libcurl4t64 \
        libmicrohttpd12t64 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data dash \
    && install -d -o dash -g dash /data
COPY --from=build /out/dash-reinforce /usr/local/bin/dash-reinforce
USER dash
VOLUME /data
WORKDIR /data
# Of this very process, and not of the brokers: those that `run` cannot reach are a matter for an alert, not for a restart.
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=3 \
    CMD ["dash-reinforce", "check", "--health-file", "/tmp/dash-reinforce.health", "--quiet"]
ENTRYPOINT ["dash-reinforce"]
CMD ["run", "--config", "/etc/dash-reinforce.yaml", "--health-file", "/tmp/dash-reinforce.health"]
