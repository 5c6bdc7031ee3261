{{/* What a service reads: a JSON object of settings, secrets and files, each by the name of its variable. `files/settings.json`
lists what the service uses: it gets nothing else. Takes the root, the service and its own values. */}}
{{- define "playhead.given" -}}
{{- $known := index (.root.Files.Get "files/settings.json" | fromJson) .service -}}
{{- if not $known }}{{ fail (printf "files/settings.json does not describe %s" .service) }}{{ end -}}
{{- $found := dict -}}
{{- range $kind := list "settings" "secrets" "files" -}}
{{- $all := mergeOverwrite (dict) (deepCopy (index $.root.Values $kind)) (deepCopy (default (dict) (index $.own $kind))) -}}
{{- $kept := dict -}}
{{- range $name, $value := $all -}}
{{- if and (hasKey $known $name) (not (kindIs "invalid" $value)) }}{{ $_ := set $kept $name $value }}{{ end -}}
{{- end -}}
{{- $_ := set $found $kind $kept -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* A field of `pod`, of all pods and of this one: lists are joined, objects merged. */}}
{{- define "playhead.podField" -}}
{{- $all := index .root.Values.pod .field -}}
{{- $own := index (default (dict) .own.pod) .field -}}
{{- if kindIs "slice" $all -}}
{{- with concat $all (default (list) $own) }}{{ toYaml . }}{{ end -}}
{{- else if kindIs "map" $all -}}
{{- with mergeOverwrite (deepCopy $all) (deepCopy (default (dict) $own)) }}{{ toYaml . }}{{ end -}}
{{- else -}}
{{- with default $all $own }}{{ toYaml . }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "playhead.env" -}}
{{- $given := include "playhead.given" . | fromJson -}}
- name: PLAYHEAD_ENVIRONMENT
  value: production
{{- if .port }}
- name: PLAYHEAD_{{ upper .service }}_HOST
  value: {{ .root.Values.listenAddress | quote }}
- name: PLAYHEAD_{{ upper .service }}_PORT
  value: {{ .port | quote }}
{{- end }}
{{- range $name, $value := $given.settings }}
- name: {{ $name }}
  value: {{ include "playhead.text" $value | quote }}
{{- end }}
{{- range $name, $from := $given.secrets }}
{{- if eq $.root.Values.secretsAs "env" }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ $from.name }}
      key: {{ $from.key }}
{{- else }}
- name: {{ $name }}_FILE
  value: /etc/playhead/{{ $name }}
{{- end }}
{{- end }}
{{- range $name, $from := $given.files }}
- name: {{ $name }}
  value: /etc/playhead/{{ $name }}
{{- end }}
{{- if .tmpdir }}
- name: TMPDIR
  value: {{ .tmpdir }}
{{- end }}
{{- with include "playhead.podField" (dict "root" .root "own" .own "field" "extraEnv") }}
{{ . }}
{{- end }}
{{- end -}}

{{/* The projected volume of secrets and files, whose content follows that of the Secrets. */}}
{{- define "playhead.sources" -}}
{{- $given := include "playhead.given" . | fromJson -}}
{{- if ne .root.Values.secretsAs "env" }}
{{- range $name, $from := $given.secrets }}
- secret:
    name: {{ $from.name }}
    items:
      - key: {{ $from.key }}
        path: {{ $name }}
{{- end }}
{{- end }}
{{- range $name, $from := $given.files }}
{{- if $from.secret }}
- secret:
    name: {{ $from.secret }}
{{- else }}
- configMap:
    name: {{ $from.configMap }}
{{- end }}
    items:
      - key: {{ $from.key }}
        path: {{ $name }}
{{- end }}
{{- end -}}

{{- define "playhead.container" -}}
- name: {{ .service }}
  image: {{ include "playhead.image" .root }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args: {{ toJson .args }}
  {{- with .root.Values.securityContext }}
  securityContext: {{- toYaml . | nindent 4 }}
  {{- end }}
  env: {{- include "playhead.env" . | nindent 4 }}
  {{- if .port }}
  ports:
    - name: http
      containerPort: {{ .port }}
  startupProbe:
    httpGet: { path: /healthz, port: http }
    periodSeconds: 2
    timeoutSeconds: 2
    failureThreshold: 60
  livenessProbe:
    httpGet: { path: /healthz, port: http }
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 6
  readinessProbe:
    httpGet: { path: /readyz, port: http }
    periodSeconds: 5
    timeoutSeconds: 4
    failureThreshold: 2
  {{- end }}
  {{- if .own.preStopSeconds }}
  lifecycle:
    preStop:
      exec:
        command: [sleep, {{ .own.preStopSeconds | toString | quote }}]
  {{- end }}
  {{- with .own.resources }}
  resources: {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts: {{- include "playhead.mounts" . | nindent 4 }}
{{- end -}}

{{- define "playhead.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .tmpdir }}
- name: work
  mountPath: {{ .tmpdir }}
{{- end }}
{{- if include "playhead.sources" . | trim }}
- name: playhead
  mountPath: /etc/playhead
  readOnly: true
{{- end }}
{{- with .mounts }}
{{ toYaml . }}
{{- end }}
{{- with include "playhead.podField" (dict "root" .root "own" .own "field" "extraVolumeMounts") }}
{{ . }}
{{- end }}
{{- end -}}

{{- define "playhead.volumes" -}}
- name: tmp
  emptyDir: { sizeLimit: 1Gi }
{{- if .tmpdir }}
- name: work
  emptyDir: { sizeLimit: {{ .own.exportsVolumeSize }} }
{{- end }}
{{- with include "playhead.sources" . | trim }}
- name: playhead
  projected:
    defaultMode: 0440
    sources: {{- . | nindent 6 }}
{{- end }}
{{- with .volumes }}
{{ toYaml . }}
{{- end }}
{{- with include "playhead.podField" (dict "root" .root "own" .own "field" "extraVolumes") }}
{{ . }}
{{- end }}
{{- end -}}

{{- define "playhead.podMetadata" -}}
{{- with include "playhead.podField" (dict "root" .root "own" .own "field" "annotations") }}
annotations: {{- . | nindent 2 }}
{{- end }}
labels:
  {{- include "playhead.labels" (list .root .component) | nindent 2 }}
  {{- with include "playhead.podField" (dict "root" .root "own" .own "field" "labels") }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* What every pod of the chart has, whatever it runs. */}}
{{- define "playhead.podSpec" -}}
serviceAccountName: {{ .serviceAccountName | default (include "playhead.serviceAccountName" .root) }}
automountServiceAccountToken: false
# A Service playhead-query would set PLAYHEAD_QUERY_PORT, a setting, to "tcp://…" in every pod of the namespace.
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.podSecurityContext }}
securityContext: {{- toYaml . | nindent 2 }}
{{- end }}
{{- range $field := list "nodeSelector" "tolerations" "affinity" }}
{{- with include "playhead.podField" (dict "root" $.root "own" $.own "field" $field) }}
{{ $field }}: {{- . | nindent 2 }}
{{- end }}
{{- end }}
{{- with include "playhead.podField" (dict "root" .root "own" .own "field" "priorityClassName") }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "playhead.spread" -}}
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {{- include "playhead.selector" (list $.root $.component) | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end -}}
