# HareMQ as an image: docker build -t haremq .
# Ports: 5672 AMQP, 5671 AMQP over TLS when configured, 15672 HTTP API. Data: /var/lib/haremq. More in docs/install.md.

# Runs on the machine that builds and makes programs for the one that shall run them, so nothing is emulated.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
COPY . .
RUN case "$TARGETARCH" in \
        amd64) runtime=linux-x64 ;; \
        arm64) runtime=linux-arm64 ;; \
        arm) runtime=linux-arm ;; \
        *) echo "no programs for $TARGETARCH" >&2; exit 1 ;; \
    esac \
    && ./publish.sh --runtime "$runtime" --output /image/usr/bin \
    && mkdir -p /image/etc/haremq /image/var/lib/haremq

# What a self-contained .NET program needs, bash for the health check, and nothing else: no .NET, no package manager's lists.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0
LABEL org.opencontainers.image.title="HareMQ" \
      org.opencontainers.image.description="Message broker that speaks AMQP 0-9-1 as RabbitMQ does" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image/usr/bin/ /usr/bin/
COPY --from=build /image/etc/haremq/ /etc/haremq/
# The image's own user without rights, by number: orchestrators that refuse root do not look names up.
COPY --from=build --chown=1654:1654 /image/var/lib/haremq/ /var/lib/haremq/
USER 1654:1654
ENV HAREMQ_DATA_DIR=/var/lib/haremq
WORKDIR /var/lib/haremq
VOLUME /var/lib/haremq
EXPOSE 5672 5671 15672
STOPSIGNAL SIGTERM
# 200 as soon as clients can connect. The image has no curl, and needs none.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/${HAREMQ_MANAGEMENT__TCP__PORT:-15672} \
    && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ code _ <&3 && [ \"$code\" = 200 ]"]
ENTRYPOINT ["/usr/bin/haremq"]
