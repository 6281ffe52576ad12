# Build: docker build -t beadle .
# Try:   docker run -it -v beadle:/var/lib/beadle beadle

FROM rust:1.95-slim-trixie AS build
WORKDIR /src
COPY . .
RUN cargo build --locked --profile dist

FROM debian:trixie-slim
# Which homeservers to trust.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/beadle --shell /usr/sbin/nologin beadle \
  && chmod 0700 /var/lib/beadle
COPY --from=build /src/target/dist/beadle /usr/local/bin/beadle
COPY --from=build /src/config.example.toml /usr/share/doc/beadle/config.example.toml
USER beadle
WORKDIR /var/lib/beadle
# The ledger and its key. Without the key, removed texts cannot be read; keep backups of the two apart.
VOLUME /var/lib/beadle
ENTRYPOINT ["beadle", "--data-dir", "/var/lib/beadle"]
