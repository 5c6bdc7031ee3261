{{/* What the schema cannot say: each message names the value to set. */}}
{{- define "playhead.validate" -}}
{{- $settings := .Values.settings -}}
{{- $secrets := .Values.secrets -}}
{{- range $name, $what := dict
  "PLAYHEAD_POSTGRES_DSN" "the address of PostgreSQL as playhead_writer"
  "PLAYHEAD_POSTGRES_READER_DSN" "the address of PostgreSQL as playhead_reader" -}}
{{- if not (or (hasKey $settings $name) (hasKey $secrets $name)) -}}
{{- fail (printf "secrets.%s is not set (or settings.%s, without a password): %s" $name $name $what) -}}
{{- end -}}
{{- end -}}
{{- if not $settings.PLAYHEAD_KAFKA_SERVERS -}}
{{- fail "settings.PLAYHEAD_KAFKA_SERVERS is not set: the addresses of Kafka, as kafka:9092" -}}
{{- end -}}
{{- $ownAdmin := or (hasKey (default (dict) .Values.migrate.secrets) "PLAYHEAD_POSTGRES_ADMIN_DSN") (hasKey (default (dict) .Values.migrate.settings) "PLAYHEAD_POSTGRES_ADMIN_DSN") -}}
{{- if and .Values.migrate.enabled (not (or (hasKey $settings "PLAYHEAD_POSTGRES_ADMIN_DSN") (hasKey $secrets "PLAYHEAD_POSTGRES_ADMIN_DSN") $ownAdmin)) -}}
{{- fail "secrets.PLAYHEAD_POSTGRES_ADMIN_DSN is not set: the address by which `playhead migrate` makes the schema and the roles" -}}
{{- end -}}
{{- if not (include "playhead.hasRedis" .) -}}
{{- fail "secrets.PLAYHEAD_REDIS_URL is not set (or settings.PLAYHEAD_REDIS_URL, without a password): the address of Redis" -}}
{{- end -}}
{{- if not (or (hasKey $secrets "PLAYHEAD_TOKEN_SECRET") (hasKey $settings "PLAYHEAD_TOKEN_JWKS_URL")) -}}
{{- fail "neither settings.PLAYHEAD_TOKEN_JWKS_URL nor secrets.PLAYHEAD_TOKEN_SECRET is set: tokens could not be verified" -}}
{{- end -}}
{{- if and (not (hasKey $secrets "PLAYHEAD_TOKEN_SECRET")) (not (regexMatch "[RE]S256" (default "" $settings.PLAYHEAD_TOKEN_ALGORITHMS))) -}}
{{- fail "settings.PLAYHEAD_TOKEN_ALGORITHMS is not set: RS256 or ES256, by which the keys of PLAYHEAD_TOKEN_JWKS_URL sign" -}}
{{- end -}}
{{- $partitions := include "playhead.partitions" . | int -}}
{{- range $service := list "processor" "sink" -}}
{{- $own := index $.Values $service -}}
{{- $most := ternary (default $partitions $own.autoscaling.maxReplicas) $own.replicas $own.autoscaling.enabled | int -}}
{{- if gt $most $partitions -}}
{{- fail (printf "%s has up to %d replicas, of settings.PLAYHEAD_KAFKA_PARTITIONS %d: one without a partition never becomes ready" $service $most $partitions) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.sink.databases (not (hasKey .Values.files "PLAYHEAD_POSTGRES_DATABASES_FILE")) -}}
{{- fail "sink.databases names databases, and files.PLAYHEAD_POSTGRES_DATABASES_FILE, which describes them, is not set" -}}
{{- end -}}
{{- range $service, $drain := dict "ingest" (default 10 $settings.PLAYHEAD_INGEST_DRAIN_SECONDS) "query" 10 "processor" 25 "sink" 25 -}}
{{- $own := index $.Values $service -}}
{{- $least := add (ceil $drain | int) (default 0 $own.preStopSeconds | int) 5 -}}
{{- if lt ($own.terminationGracePeriodSeconds | int) ($least | int) -}}
{{- fail (printf "%s.terminationGracePeriodSeconds is %d: it needs %d to drain, or what it has in hand is cut off" $service ($own.terminationGracePeriodSeconds | int) $least) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.parentRefs is empty: the Gateway that the route belongs to" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- fail "ingress.hosts is empty: the host names of this installation" -}}
{{- end -}}
{{- if and .Values.archive.enabled (not .Values.archive.existingClaim) -}}
{{- fail "archive.existingClaim is not set: the volume claim where the archived months go" -}}
{{- end -}}
{{- end -}}

{{- define "playhead.hasRedis" -}}
{{- range $name, $_ := mergeOverwrite (dict) .Values.settings .Values.secrets -}}
{{- if and (hasPrefix "PLAYHEAD_REDIS_" $name) (or (hasSuffix "_URL" $name) (contains "SENTINEL" $name) (contains "CLUSTER" $name) (hasSuffix "_NODES" $name)) }}true{{ end -}}
{{- end -}}
{{- end -}}
