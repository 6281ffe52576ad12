# Build: docker build -t beadle .
# Try:   docker run --rm -it -v beadle-trial:/var/lib/beadle beadle
# Serve: packaging/compose.yaml; the configuration is in /etc/beadle

FROM rust:1.95-slim-trixie AS build
WORKDIR /src
COPY . .
RUN cargo build --locked --profile dist

# Of the same Debian as the build stage, for the C library has to be no older.
FROM debian:trixie-slim
# Which servers to trust, and an account that is nobody else's. The volume begins as this folder, with its owner and its mode.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 10001 beadle \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/beadle --shell /usr/sbin/nologin beadle \
  && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/beadle
COPY --from=build /src/target/dist/beadle /usr/local/bin/beadle
COPY --from=build /src/config.example.toml /src/LICENSE /src/NOTICE /src/wordlists/dictionary/LICENCE-SCOWL /usr/share/doc/beadle/
# By number, so that it can be seen not to be root.
USER 10001:10001
# SQLite's own temporary files go where there is room, and never to a place that others share.
ENV SQLITE_TMPDIR=/var/lib/beadle
WORKDIR /var/lib/beadle
# The ledger and its key, of both of which `beadle backup` takes sealed copies. Nothing is written anywhere else, so that the
# rest can be read-only.
VOLUME ["/var/lib/beadle"]
STOPSIGNAL SIGTERM
# Without a configuration: whether it runs at all. compose.yaml has it asked, where [watch] is configured.
HEALTHCHECK --interval=1m --timeout=15s --start-period=2m \
  CMD ["/usr/local/bin/beadle", "--data-dir", "/var/lib/beadle", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/beadle", "--data-dir", "/var/lib/beadle"]
