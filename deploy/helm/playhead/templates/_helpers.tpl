{{- define "playhead.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 27 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough for the longest component, "archive-" and the name of a database: a CronJob has 52 characters. */}}
{{- define "playhead.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 27 | trimSuffix "-" -}}
{{- else if contains (include "playhead.name" .) .Release.Name -}}
{{- .Release.Name | trunc 27 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "playhead.name" .) | trunc 27 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "playhead.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "playhead.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* Hooks run before the release's own service account exists. */}}
{{- define "playhead.migrateServiceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- printf "%s-migrate" (include "playhead.serviceAccountName" .) -}}
{{- else -}}
{{- include "playhead.serviceAccountName" . -}}
{{- end -}}
{{- end -}}

{{- define "playhead.image" -}}
{{- $image := .Values.image -}}
{{- printf "%s:%s" $image.repository (default .Chart.AppVersion $image.tag) -}}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* What selects the pods of a component; takes a list of the root and the component. */}}
{{- define "playhead.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "playhead.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "playhead.labels" -}}
{{- $root := index . 0 -}}
{{ include "playhead.selector" . }}
app.kubernetes.io/version: {{ default $root.Chart.AppVersion $root.Values.image.tag | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/part-of: playhead
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end -}}

{{/* The deployments of the four services, as JSON: component, service, arguments and database.
Each database has sinks of its own. */}}
{{- define "playhead.workloads" -}}
{{- $found := list
  (dict "component" "ingest" "service" "ingest" "args" (list "ingest"))
  (dict "component" "processor" "service" "processor" "args" (list "process"))
  (dict "component" "sink" "service" "sink" "args" (list "sink") "database" "default")
  (dict "component" "query" "service" "query" "args" (list "query")) -}}
{{- range .Values.sink.databases -}}
{{- $found = append $found (dict "component" (printf "sink-%s" .) "service" "sink" "args" (list "sink" "--database" .) "database" .) -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{- define "playhead.port" -}}
{{- get (dict "ingest" "8081" "processor" "8082" "sink" "8083" "query" "8084") . -}}
{{- end -}}

{{- define "playhead.partitions" -}}
{{- default 12 .Values.settings.PLAYHEAD_KAFKA_PARTITIONS | int -}}
{{- end -}}

{{/* Whether requests go through the gateway: an Ingress cannot send saves and reads of one path to two services. */}}
{{- define "playhead.gateway" -}}
{{- if or .Values.gateway.enabled .Values.ingress.enabled }}true{{ end -}}
{{- end -}}

{{/* A value of a setting as the environment has it: YAML's numbers are floats here. */}}
{{- define "playhead.text" -}}
{{- if kindIs "float64" . -}}
{{- if eq (floor .) . }}{{ printf "%.0f" . }}{{ else }}{{ printf "%v" . }}{{ end -}}
{{- else -}}
{{- toString . -}}
{{- end -}}
{{- end -}}
