#!/bin/sh
# Kafka as its own image starts it: each KAFKA_… variable is a property, of a data directory that is formatted once.
set -eu
properties=/tmp/server.properties
env | grep '^KAFKA_' | grep -v '^KAFKA_HEAP_OPTS=' | while IFS='=' read -r name value; do
    echo "$(echo "${name#KAFKA_}" | tr 'A-Z_' 'a-z.')=$value"
done >"$properties"
: "${KAFKA_LOG_DIRS:=/tmp/kraft-combined-logs}"
grep -q '^log.dirs=' "$properties" || echo "log.dirs=$KAFKA_LOG_DIRS" >>"$properties"
java() { /opt/java/bin/java ${KAFKA_HEAP_OPTS:--Xmx256m} -Dlog4j2.configurationFile=/opt/kafka/log4j2.properties -cp '/opt/kafka/libs/*' "$@"; }
if [ ! -e "$KAFKA_LOG_DIRS/meta.properties" ]; then
    java kafka.tools.StorageTool format --cluster-id=5L6g3nShT-eMCtK--X86sw --config="$properties"
fi
exec /opt/java/bin/java ${KAFKA_HEAP_OPTS:--Xmx256m} -Dlog4j2.configurationFile=/opt/kafka/log4j2.properties \
    -cp '/opt/kafka/libs/*' kafka.Kafka "$properties"
